// The search for robots in the box's network.
import { byId, element, setText } from "./format.js";
import { request } from "./call.js";

let pick = () => {};

// onPick is told which one a person has picked.
export function onPick(take) { pick = take; }

byId("search").addEventListener("click", async (e) => {
  const button = e.target;
  const state = byId("search-state");
  button.disabled = true;
  byId("found").replaceChildren();
  setText(state, "Looking, for at most 20 seconds …");
  const { error, answer } = await request("POST", "/api/search", {});
  button.disabled = false;
  if (error) {
    setText(state, `Not done: ${error}.`);
    return;
  }
  const where = answer.networks.join(", ") || "no network: the box has no address";
  setText(state, answer.found.length ? `Found in ${where}:` : `No router answers in ${where}. Is the robot on, and in the same network?`);
  byId("found").replaceChildren(...answer.found.map(item));
  byId("found").querySelector("button")?.focus();
});

function item(f) {
  const li = element("li");
  const text = element("div");
  text.append(element("b", "", f.url), element("span", "", f.text));
  li.append(text);
  if (f.wamp) {
    const use = element("button", "", "Use this one");
    use.type = "button";
    use.setAttribute("aria-label", `Use the router at ${f.url}`);
    use.addEventListener("click", () => pick(f));
    li.append(use);
  }
  return li;
}
