import { askPassword } from "./dialog.js";

// call asks the box to do something; the answer is what went wrong, or "".
export async function call(method, path, body) {
  return (await request(method, path, body)).error;
}

// request is call for who needs the answer too: {error, problems, answer}. Where the
// box wants its password first, the person is asked for it.
export async function request(method, path, body, type = "application/json") {
  try {
    let response = await send(method, path, body, type);
    if (response.status === 401 && await askPassword()) response = await send(method, path, body, type);
    const text = await response.text();
    if (response.ok) return { error: "", problems: [], answer: text ? JSON.parse(text) : null };
    try {
      const refusal = JSON.parse(text);
      return { error: refusal.error ?? text, problems: refusal.problems ?? [], answer: null };
    } catch {
      return { error: text.trim() || `the box answered ${response.status}`, problems: [], answer: null };
    }
  } catch {
    return { error: "the box does not answer", problems: [], answer: null };
  }
}

function send(method, path, body, type) {
  return fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": type },
    body: body === undefined ? undefined : type === "application/json" ? JSON.stringify(body) : body,
  });
}
