// A new address of the box is on trial until somebody has opened a page at it.

// access is what this visitor may do, or null where there are no settings here. It
// tells the box that its page was reached, where an address is on
// trial; the box itself knows at which one.
export async function access() {
  const response = await fetch("/api/access");
  if (!response.ok) return null;
  const may = await response.json();
  if (may.trial) {
    await fetch("/api/address/confirm", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
  }
  return may;
}
