// call asks the box to do something; the answer is what went wrong, or "".
export async function call(method, path, body) {
  try {
    const response = await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    if (response.ok) return "";
    const text = await response.text();
    try {
      return JSON.parse(text).error ?? text;
    } catch {
      return text.trim() || `the box answered ${response.status}`;
    }
  } catch {
    return "the box does not answer";
  }
}
