// What people should know. Some of it can be put away, for everybody.
import { byId, element, setText } from "./format.js";
import { call } from "./call.js";

const area = byId("notices");
const answer = byId("notices-answer");

export function show(list) {
  if (JSON.stringify(list) === area.dataset.told) return;
  area.dataset.told = JSON.stringify(list);
  const had = area.contains(document.activeElement);
  area.replaceChildren(...list.map(item));
  if (had) (area.querySelector("button") ?? byId("verdict")).focus({ preventScroll: true });
}

function item(n) {
  const when = n.time ? `${new Date(n.time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}: ` : "";
  const li = element("li");
  li.append(element("span", "", when + n.text));
  if (n.id) {
    const button = element("button", "", "Put away");
    button.type = "button";
    button.title = "Nobody sees this notice any more, until the box has something to tell again";
    button.addEventListener("click", () => putAway(button, n.id));
    li.append(button);
  }
  return li;
}

async function putAway(button, id) {
  button.setAttribute("aria-disabled", "true"); // not disabled, which would lose the focus
  const error = await call("DELETE", `/api/notices/${encodeURIComponent(id)}`);
  button.removeAttribute("aria-disabled");
  answer.className = error ? "failed" : "hidden";
  setText(answer, error ? `The notice was not put away: ${error}.` : "The notice was put away.");
}
