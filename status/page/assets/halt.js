// The halt. It takes no client id, so it is no part of the console, and it can be
// pressed again while an answer is waited for.
import { byId, setText } from "./format.js";
import { call } from "./call.js";

const answer = byId("halt-answer");

byId("halt").addEventListener("click", async () => {
  answer.className = "";
  setText(answer, "Halting …");
  const error = await call("POST", "/api/halt");
  answer.className = error ? "failed" : "done";
  const at = new Date().toLocaleTimeString();
  setText(answer, error ? `${at}: the robot may still move: ${error}.` : `${at}: the halt was sent and the router has acknowledged it. Reset and home the robot before it moves again.`);
});
