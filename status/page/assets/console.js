// The console: buttons and a line to send as one more client.
import { byId, element, setText } from "./format.js";
import { call } from "./call.js";

const lines = byId("console-lines");

let dialects = null;
let software = ""; // the robot's, whose buttons are shown

export function learn(about) {
  dialects = about.console;
  software = "";
  byId("console").hidden = !dialects;
}

// speak shows the buttons for the robot's software.
export function speak(name) {
  const dialect = dialects?.[name];
  if (!dialect || name === software) return;
  software = name;
  byId("line").placeholder = dialect.example;
  byId("actions").replaceChildren(...dialect.actions.map((a) => {
    const box = element("span");
    const button = element("button", a.name, a.label);
    button.type = "button";
    button.dataset.action = a.name;
    button.addEventListener("click", () => send({ action: a.name }, button));
    box.append(button);
    if (a.warning) box.append(element("small", "", a.warning));
    return box;
  }));
}

export function clear() { lines.replaceChildren(); }

export function add(list) {
  for (const l of list) {
    lines.append(element("li", l.kind, (l.kind === "sent" ? "→ " : l.kind === "received" ? "← " : "") + l.text));
  }
  while (lines.childElementCount > 100) lines.firstElementChild.remove();
  lines.scrollTop = lines.scrollHeight;
}

// send keeps only its own button pressed.
async function send(what, button) {
  button.disabled = true;
  const error = await call("POST", "/api/console", what);
  button.disabled = false;
  setText(byId("console-error"), error ? `Not sent: ${error}` : "");
  return !error;
}

byId("say").addEventListener("submit", async (e) => {
  e.preventDefault();
  const input = byId("line");
  if (await send({ message: input.value.trim() }, e.submitter ?? e.target.querySelector("button"))) input.select();
});
