// Everything the page shows comes by one stream of events; this hands each to
// its part, and says so when the stream stops.
import { byId, duration, element, setText } from "./format.js";
import { access } from "./address.js";
import { call } from "./call.js";
import * as clients from "./clients.js";
import * as consolePart from "./console.js";
import "./halt.js";
import * as lamps from "./lamps.js";
import * as messages from "./messages.js";
import * as notices from "./notices.js";
import * as plot from "./plot.js";
import * as position from "./position.js";
import { refusal } from "./refusal.js";

// The box tells its status every second; after this much silence it is lost.
const silence = 3500; // ms
const again = 1000; // ms between attempts
const againRefused = 5000; // ms, where the box has said that it shows no more pages

let build = "";
let settings = false; // can be changed here
let heard = 0; // when the last event came, or the stream was asked for
let seen = 0; // when the last event came
let source = null;
let connecting = false;
let refused = ""; // why the box does not show itself to this page

async function learn() {
  const about = await (await fetch("/api/about")).json();
  const now = [about.version, about.revision, about.built].join(" ");
  if (build && build !== now) {
    location.reload(); // the box was updated, and this page with it
    return;
  }
  build = now;
  setText(byId("host"), about.name === "rawtcpcom" ? "" : about.name);
  setText(byId("version"), `Page ${about.version} · revision ${about.revision} · built ${about.built}`);
  settings = about.settings;
  byId("settings").hidden = !settings;
  if (settings) await access();
  const admin = byId("admin");
  admin.hidden = !about.adminPort;
  admin.href = `http://${location.hostname}:${about.adminPort}/`;
  lamps.learn(about.legend);
  consolePart.learn(about);
  plot.setLength(about.seconds);
  messages.setKept(about.kept);
}

function status(s) {
  messages.setAhead(Date.now() - Date.parse(s.now));
  messages.setClock(s.clock);
  messages.setDropped(s.dropped);
  verdict(s.chain);
  chain(s.chain);
  lamps.show(s.lamps);
  clients.show(s.clients);
  position.show(s.position, s.relay.software);
  notices.show(s.notices);
  setText(byId("names"), s.names.join(" · "));
  const r = s.relay;
  byId("not-set").hidden = !(settings && r.answering && !r.router);
  consolePart.speak(r.software);
  setText(byId("leaving"), r.answering ? r.leaving : "");
  setText(byId("relay-version"), r.version ? `Relay ${r.version} · revision ${r.revision} · built ${r.built}${r.reconnects ? ` · reconnected ${r.reconnects}×` : ""}` : "");
}

function verdict(report) {
  const b = report.broken;
  const kind = b ? (b.waiting ? "waiting" : "broken") : report.beside.some((t) => !t.passes) ? "partly" : "ok";
  byId("verdict").className = kind;
  setText(byId("verdict-link"), { ok: "All connected", partly: "Connected", waiting: "Ready", broken: b && b.link }[kind]);
  setText(byId("verdict-text"), b ? b.text : kind === "ok" ? "Your program can talk to the robot." : "Not every program can talk to the robot.");
  setText(byId("verdict-do"), b ? b.do : "");
  beside(report.beside);
  document.title = `${{ ok: "✓ Ready", partly: "! Client", waiting: "✓ Ready", broken: b && "✕ " + b.link }[kind]} – rawtcpcom`;
}

// beside is what is wrong though it breaks no link: another program's trouble, or
// what is to be told of the box.
function beside(list) {
  const area = byId("verdict-beside");
  if (JSON.stringify(list) === area.dataset.told) return;
  area.dataset.told = JSON.stringify(list);
  area.replaceChildren(...list.map((t) => {
    const li = element("li", t.passes ? "passes" : "");
    li.append(element("b", "", t.text), ` ${t.do}`);
    return li;
  }));
}

function chain(report) {
  const list = byId("chain");
  if (list.childElementCount !== report.links.length) {
    // A box has more links than a PC: they go into two rows.
    list.style.setProperty("--columns", report.links.length > 6 ? Math.ceil(report.links.length / 2) : report.links.length);
    list.replaceChildren(...report.links.map((l) => {
      const li = element("li");
      const mark = element("span", "mark");
      mark.append(picture());
      li.append(mark, element("b"), element("span", "detail"), element("span", "since"));
      return li;
    }));
  }
  const first = report.links.findIndex((l) => !l.ok);
  report.links.forEach((l, i) => {
    const li = list.children[i];
    const [mark, name, detail, since] = li.children;
    const className = [l.told ? "good told" : l.ok ? "good" : "bad", i === first && !report.broken.waiting ? "first" : "", l.ok && i === first - 1 ? "before-bad" : ""].join(" ").trim();
    if (li.className !== className) {
      li.className = className;
      mark.querySelector("use").setAttribute("href", l.told ? "#look" : l.ok ? "#tick" : "#cross");
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", l.told ? "good, but see above:" : l.ok ? "good:" : "broken:");
    }
    setText(name, l.name);
    setText(detail, l.detail);
    setText(since, `for ${duration(l.forSeconds)}`);
  });
}

function picture() {
  const name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(name, "use"));
  return svg;
}

function lost(is) {
  const was = document.body.classList.contains("stale");
  if (is) {
    const ago = seen ? ` What you see is from ${duration((Date.now() - seen) / 1000)} ago.` : "";
    if (refused && !seen) setText(byId("verdict-text"), "This page shows nothing now");
    setText(byId("lost"), `${refused ? `The box does not show itself here: ${refused}.` : "The connection to the box is lost; trying again."}${ago}`);
  }
  if (is === was) return;
  byId("lost").hidden = !is;
  document.body.classList.toggle("stale", is);
  if (is) {
    lamps.forget();
    document.title = `✕ ${refused ? "Not shown" : "Connection lost"} – rawtcpcom`;
  }
}

async function connect() {
  if (source || connecting || document.hidden) return;
  connecting = true;
  try {
    await learn();
  } catch {
    refused = "";
    lost(true);
    setTimeout(connect, again);
    return;
  } finally {
    connecting = false;
  }
  source = new EventSource("/api/events");
  source.onopen = () => {
    messages.clear();
    plot.clear();
    consolePart.clear();
  };
  source.onerror = () => over();
  const on = (name, take) => source.addEventListener(name, (e) => {
    heard = seen = Date.now();
    refused = "";
    lost(false);
    take(JSON.parse(e.data));
  });
  on("status", status);
  on("series", plot.add);
  on("messages", (batch) => {
    messages.add(batch);
    lamps.wink();
  });
  on("console", (c) => consolePart.add(c.lines));
  heard = Date.now();
}

async function over() {
  if (!source) return;
  const unheard = source.readyState === EventSource.CLOSED; // the box has answered, and not with a stream
  source.close();
  source = null;
  connecting = true;
  refused = unheard ? await refusal() : "";
  connecting = false;
  lost(true);
  setTimeout(connect, refused ? againRefused : again);
}

setInterval(() => {
  if (source && Date.now() - heard > silence) over();
  else if (!source && !document.hidden) lost(true);
}, 500);

// A page that nobody sees costs the box nothing; browsers also allow only six
// connections to it for all tabs together.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    connect();
  } else if (source) {
    source.close();
    source = null;
  }
});

byId("identify").addEventListener("click", async (e) => {
  const button = e.target;
  button.disabled = true;
  const error = await call("POST", "/identify");
  setText(button, error ? "Not done" : "Flashing …");
  button.title = error || "All lamps of this box flash for ten seconds";
  setTimeout(() => {
    button.disabled = false;
    setText(button, "Identify");
  }, error ? 2000 : 10000);
});

connect();
