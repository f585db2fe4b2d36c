// Questions that a person has to answer before something is done. Escape, or the
// button that does nothing, is no.
import { element } from "./format.js";

// ask shows a question with a list of what comes of it; the answer is whether to
// go on.
export function ask(title, text, list, yes) {
  const dialog = frame(title);
  if (text) dialog.form.append(element("p", "", text));
  if (list.length) {
    const ul = element("ul");
    ul.append(...list.map((l) => element("li", "", l)));
    dialog.form.append(ul);
  }
  dialog.form.append(buttons(dialog.top, yes));
  return answered(dialog, () => true);
}

// askPassword asks for the box's password until it is right; the answer is
// whether it was given.
export function askPassword() {
  const dialog = frame("The box's password");
  const label = element("label", "", "This needs the password of the box");
  const input = element("input");
  input.type = "password";
  input.autocomplete = "current-password";
  label.append(input);
  const error = element("p", "error");
  error.setAttribute("role", "alert");
  dialog.form.append(label, error, buttons(dialog.top, "Log in"));
  return answered(dialog, async () => {
    error.textContent = "";
    error.textContent = await logIn(input.value);
    if (error.textContent) input.select();
    return !error.textContent;
  });
}

// logIn gives the password to the box; the answer is what went wrong, or "".
export async function logIn(password) {
  try {
    const response = await fetch("/api/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ password }),
    });
    return response.ok ? "" : (await response.json()).error;
  } catch {
    return "the box does not answer";
  }
}

function frame(title) {
  const top = element("dialog");
  const form = element("form");
  const heading = element("h2", "", title);
  heading.id = "dialog-title";
  top.setAttribute("aria-labelledby", heading.id);
  form.append(heading);
  top.append(form);
  return { top, form };
}

function buttons(top, yes) {
  const row = element("div", "row");
  const no = element("button", "no", "Cancel");
  no.type = "button";
  no.addEventListener("click", () => top.close());
  const go = element("button", "yes", yes);
  go.type = "submit";
  row.append(no, go);
  return row;
}

function answered({ top, form }, check) {
  const before = document.activeElement;
  return new Promise((done) => {
    let answer = false;
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      const go = form.querySelector(".yes");
      go.disabled = true;
      answer = await check();
      go.disabled = false;
      if (answer) top.close();
    });
    top.addEventListener("close", () => {
      top.remove();
      before?.focus?.();
      done(answer);
    });
    document.body.append(top);
    top.showModal();
  });
}
