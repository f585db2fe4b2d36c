// refusal asks the box why it has opened no stream of events, since an EventSource does
// not tell; "" where it opens one now, or does not answer.
export async function refusal() {
  const asking = new AbortController();
  try {
    const response = await fetch("/api/events", { signal: asking.signal });
    return response.ok ? "" : (await response.json()).error ?? "";
  } catch {
    return "";
  } finally {
    asking.abort();
  }
}
