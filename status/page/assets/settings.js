// The page of the settings: who may change them, and the parts that do.
import { byId, element, setText } from "./format.js";
import { access } from "./address.js";
import { call, request } from "./call.js";
import { ask, logIn } from "./dialog.js";
import * as form from "./form.js";
import "./file.js";
import * as search from "./search.js";

const again = 1000; // ms between attempts while the page starts anew
const look = 5000; // ms between looks at who may do what

let may = null;

async function load() {
  for (;;) {
    try {
      const answer = await fetch("/api/settings");
      if (answer.ok) {
        const settings = await answer.json();
        form.build(settings);
        byId("problems").replaceChildren(...settings.problems.map((p) => element("li", "", line(p))));
        break;
      }
      if (answer.status === 404) {
        setText(byId("may"), "This program keeps no settings: it was started without -settings FILE.");
        byId("form").hidden = true;
        return;
      }
    } catch { /* it starts anew */ }
    await new Promise((done) => setTimeout(done, again));
  }
  await door();
}

const line = (p) => `${p.line ? `Line ${p.line}: ` : ""}${p.key ? `${p.key}: ` : ""}${p.text}`;

// door asks who may do what, and shows it.
async function door() {
  try {
    may = await access() ?? may;
  } catch {
    lost(true);
    return;
  }
  lost(false);
  if (!may) return;
  byId("door").hidden = !may.password || may.loggedIn;
  byId("logout").hidden = !may.loggedIn;
  byId("look").hidden = byId("new-password").hidden = byId("save").hidden = !may.change;
  byId("import-label").hidden = !may.change;
  byId("reset").disabled = !may.reset;
  form.enable(may.change);
  setText(byId("may"), sentence());
  setText(byId("new-password-title"), may.password ? "Change the password" : "Set a password");
  setText(byId("reset-text"), "The box forgets its settings and its password, as when it was new; the ids of clients stay. " +
    (may.reset ? "" : may.password ? "Log in for it, or switch the box off and on: for ten minutes after that, anyone on this page can do it." : "Switch the box off and on: for ten minutes after that, it can be done here."));
}

function sentence() {
  const left = Math.ceil(may.powerOnSeconds / 60);
  if (may.loggedIn) return "You are logged in.";
  if (may.password) return "You can read the settings. Log in to change them.";
  if (may.change) return `No password is set. For ${left === 1 ? "one more minute" : `${left} more minutes`} anyone who opens this page can change the settings; after that nobody can before the box is switched off and on. Set a password to change them at any time.`;
  return "You can read the settings. To change them, switch the box off and on; within ten minutes set a password here. A USB stick with a file rawtcpcom.toml sets the box at any time.";
}

function lost(is) {
  byId("lost").hidden = !is;
  if (is) setText(byId("lost"), "The connection to the box is lost; trying again.");
}

byId("form").addEventListener("submit", async (e) => {
  e.preventDefault();
  const state = byId("save-state");
  const { values, titles, interrupts } = form.changes();
  if (!titles.length) {
    form.show([]);
    setText(state, "Nothing has changed.");
    return;
  }
  if (interrupts.length && !await ask("Save the settings?", `This changes: ${titles.join(", ")}. What that interrupts:`, [...new Set(interrupts)], "Save")) return;
  setText(state, "Saving …");
  const { error, problems, answer } = await request("POST", "/api/settings", values);
  const others = form.show(problems);
  if (error) {
    setText(state, problems.length ? ["Nothing was saved; see above.", ...others.map(line)].join(" ") : `Nothing was saved: ${error}.`);
    return;
  }
  setText(state, "Saved.");
  moved(answer);
  await load();
  byId("save").querySelector("button").focus();
});

// moved says where the box is now, where that has changed.
function moved(answer) {
  const area = byId("moved");
  area.replaceChildren();
  if (!answer.open) return;
  const link = element("a", "", answer.open);
  link.href = answer.open;
  area.append("The box is now at ", link, answer.confirm ? ". Open it there within 90 seconds, or the old address comes back." : ".");
  area.scrollIntoView({ block: "nearest" });
}

byId("login").addEventListener("submit", async (e) => {
  e.preventDefault();
  setText(byId("login-error"), "");
  const error = await logIn(byId("password").value);
  setText(byId("login-error"), error);
  if (error) {
    byId("password").select();
    return;
  }
  byId("password").value = "";
  await door();
  byId("may").scrollIntoView({ block: "nearest" });
});

byId("logout").addEventListener("click", async () => {
  await call("POST", "/api/logout", {});
  await load();
});

byId("set-password").addEventListener("submit", async (e) => {
  e.preventDefault();
  const [first, second] = [byId("password-new"), byId("password-again")];
  setText(byId("password-state"), "");
  setText(byId("password-error"), "");
  if (first.value !== second.value) {
    setText(byId("password-error"), "The two are not the same.");
    second.select();
    return;
  }
  const { error, problems } = await request("POST", "/api/settings", { "page.password": first.value });
  if (error) {
    setText(byId("password-error"), problems.length ? problems.map((p) => p.text).join(" ") : error);
    first.select();
    return;
  }
  first.value = second.value = "";
  setText(byId("password-state"), "The password is set, and you are logged in.");
  await door();
});

byId("reset").addEventListener("click", async () => {
  if (!await ask("Forget all settings?", "The box will have no robot, no password and the usual name and address.", ["the relay starts anew, and its clients lose their connections", "the box may get another address"], "Go on")) return;
  if (!await ask("Really forget them?", "Only a file that was downloaded before brings them back.", [], "Forget all settings")) return;
  const error = await call("POST", "/api/reset", {});
  setText(byId("reset-state"), error ? `Not done: ${error}.` : "All settings are forgotten.");
  await load();
});

search.onPick((found) => {
  form.fill("robot.address", found.url);
  if (found.dialect) form.fill("robot.software", found.dialect);
  setText(byId("save-state"), "The robot's address is filled in. Save to use it.");
  form.focus("robot.address");
});
document.addEventListener("imported", (e) => {
  moved(e.detail);
  load();
});

await load();
if (location.hash === "#look" && may?.change) byId("search").focus();
setInterval(() => { if (!document.hidden) door(); }, look);
document.addEventListener("visibilitychange", () => { if (!document.hidden) door(); });
