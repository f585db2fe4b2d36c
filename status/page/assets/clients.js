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
const sureTime = 4000; // ms in which a second press closes
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
  for (const r of [...body.children]) {
    if (rows.includes(r)) continue;
    // The focus stays near where it was, for who has no mouse.
    if (r.contains(document.activeElement)) byId("clients-title").focus({ preventScroll: true });
    r.remove();
  }
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
  say(close, "Close", `the connection of ${c.remote}`);
  close.addEventListener("click", () => press(close, c));
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

// say writes what the button does now, in full for who hears it alone: its label must
// begin with what is seen.
function say(button, text, rest) {
  setText(button, text);
  button.setAttribute("aria-label", rest ? `${text} ${rest}` : text);
}

function tell(text, failed) {
  const answer = byId("clients-answer");
  answer.className = failed ? "failed" : "quiet";
  setText(answer, text);
}

// press asks once more before a program in the lab loses its connection.
async function press(button, { id, remote }) {
  const whose = `the connection of ${remote}`;
  if (button.getAttribute("aria-disabled")) return;
  if (!button.classList.contains("sure")) {
    button.classList.add("sure");
    say(button, "Really close?", `Press again to close ${whose}`);
    tell(`Press again to close ${whose}.`);
    setTimeout(() => {
      if (button.getAttribute("aria-disabled")) return;
      button.classList.remove("sure");
      say(button, "Close", whose);
      if (byId("clients-answer").textContent.startsWith("Press again")) tell("");
    }, sureTime);
    return;
  }
  button.setAttribute("aria-disabled", "true"); // not disabled, which would lose the focus
  say(button, "Closing …", whose);
  const error = await call("DELETE", `/api/clients/${encodeURIComponent(id)}`);
  button.removeAttribute("aria-disabled");
  button.classList.remove("sure");
  say(button, "Close", whose);
  const text = whose[0].toUpperCase() + whose.slice(1);
  tell(error ? `${text} was not closed: ${error}.` : `${text} was closed.`, error);
}
