// The table of clients. Its rows are kept while a client stays, so that a
// button does not vanish under the finger.
import { byId, count, duration, element, setText, short } from "./format.js";
import { call } from "./call.js";

const handshakes = {
  success: ["known to the robot", "state-good"],
  already_connected: ["known to the robot", "state-good"],
  pending: ["waiting", "state-wait"],
  failed: ["refused", "state-bad"],
};
const labels = ["Address", "Id", "Connected", "Handshake", "To robot", "To client", "Last error", ""];

export function show(clients) {
  const table = byId("clients");
  const body = table.querySelector("tbody");
  table.hidden = clients.length === 0;
  byId("clients-none").hidden = clients.length > 0;
  const have = new Map([...body.children].map((r) => [r.dataset.key, r]));
  const rows = clients.map((c) => {
    const key = `${c.id} ${c.remote}`;
    const r = have.get(key) ?? row(c, key);
    fill(r, c);
    return r;
  });
  for (const r of [...body.children]) if (!rows.includes(r)) r.remove();
  rows.forEach((r, i) => { if (body.children[i] !== r) body.insertBefore(r, body.children[i] ?? null); });
}

function row(c, key) {
  const r = element("tr");
  r.dataset.key = key;
  for (const label of labels) {
    const td = element("td");
    td.dataset.label = label;
    if (label.startsWith("To ")) td.className = "number";
    r.append(td);
  }
  r.children[1].className = "id";
  const close = element("button", "", "Close");
  close.type = "button";
  close.setAttribute("aria-label", `Close the connection of ${c.remote}`);
  close.addEventListener("click", () => press(close, c.id));
  r.lastElementChild.append(close);
  return r;
}

function fill(r, c) {
  const [text, className] = handshakes[c.handshake] ?? [c.handshake, ""];
  const [remote, id, since, handshake, received, sent, error] = r.children;
  setText(remote, c.remote);
  setText(id, short(c.id));
  id.title = c.id;
  setText(since, `for ${duration(c.forSeconds)}`);
  setText(handshake, text);
  handshake.className = className;
  setText(received, count(c.received));
  setText(sent, count(c.sent));
  setText(error, c.errors ? `${c.lastError || "error"}${c.errors > 1 ? ` (${count(c.errors)} in all)` : ""}` : "–");
}

// press asks once more before a program in the lab loses its connection.
async function press(button, id) {
  if (!button.classList.contains("sure")) {
    button.classList.add("sure");
    setText(button, "Really close?");
    setTimeout(() => {
      button.classList.remove("sure");
      if (!button.disabled) setText(button, "Close");
    }, 4000);
    return;
  }
  button.disabled = true;
  setText(button, "Closing …");
  const error = await call("DELETE", `/api/clients/${encodeURIComponent(id)}`);
  button.disabled = false;
  setText(button, error ? "Not closed" : "Closed");
  button.title = error;
}
