// The settings as a file: read in here, after the person has seen what it changes.
import { byId, element, setText } from "./format.js";
import { request } from "./call.js";
import { ask } from "./dialog.js";

const toml = "application/toml";

byId("import").addEventListener("change", async (e) => {
  const file = e.target.files[0];
  if (!file) return;
  // The bytes as they are: the box knows what editors make of a text.
  const bytes = await file.arrayBuffer();
  e.target.value = "";
  told("", []);
  const tried = await request("POST", "/api/settings/file?try", bytes, toml);
  if (tried.error) {
    told(tried.problems.length ? "Nothing was changed. The file has errors:" : `Nothing was changed: ${tried.error}.`, tried.problems);
    return;
  }
  const changes = tried.answer.changes;
  if (!changes.length) {
    told("The file says what is set already.", []);
    return;
  }
  const interrupts = [...new Set(changes.map((c) => c.restarts).filter((r) => r))];
  const sure = await ask("Use this file?", `It changes: ${changes.map((c) => c.title).join(", ")}.${interrupts.length ? " What that interrupts:" : ""}`, interrupts, "Use it");
  if (!sure) return;
  const done = await request("POST", "/api/settings/file", bytes, toml);
  told(done.error ? `Nothing was changed: ${done.error}.` : "The settings of the file are in force.", done.problems);
  if (!done.error) document.dispatchEvent(new CustomEvent("imported", { detail: done.answer }));
});

function told(text, problems) {
  setText(byId("import-state"), text);
  byId("import-problems").replaceChildren(...problems.map((p) => element("li", "", `${p.line ? `Line ${p.line}: ` : ""}${p.key ? `${p.key}: ` : ""}${p.text}`)));
}
