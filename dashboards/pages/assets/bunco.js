// What pages do in the browser: times in the viewer's zone, the feed, dialogs, notes.
// Texts are set as text. Markup comes from the server, where every text in it was escaped.
"use strict";
(() => {
  const root = document.documentElement;
  const find = (name) => document.getElementById(name);

  // ---- theme: the system's unless chosen
  const themes = ["auto", "light", "dark"];
  const store = {
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window */ } },
  };
  const theme = () => (themes.includes(store.get("bunco-theme")) ? store.get("bunco-theme") : "auto");
  function paint() {
    if (theme() === "auto") root.removeAttribute("data-theme");
    else root.dataset.theme = theme();
    const button = find("theme");
    if (button) button.textContent = `Theme: ${theme()}`;
  }
  paint();

  // ---- the viewer's zone: the server cuts days by it
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const known = document.cookie.split("; ").includes(`bunco_zone=${encodeURIComponent(zone)}`);
  if (!known) {
    document.cookie = `bunco_zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; SameSite=Strict`;
  }

  // ---- times
  const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
  const steps = [[31536000, 31536000, "y"], [5184000, 2592000, "months"], [172800, 86400, "d"], [3600, 3600, "h"], [60, 60, "min"], [0, 1, "s"]];
  function relative(at) {
    const seconds = Math.trunc((Date.now() - at) / 1000);
    if (Math.abs(seconds) < 5) return "now";
    const [, size, unit] = steps.find(([least]) => Math.abs(seconds) >= least);
    const length = `${Math.floor(Math.abs(seconds) / size)} ${unit}`;
    return seconds > 0 ? `${length} ago` : `in ${length}`;
  }
  function tell(within) {
    for (const time of within.querySelectorAll("time[datetime]")) {
      const at = Date.parse(time.dateTime);
      if (Number.isNaN(at)) continue;
      const words = relative(at);
      if (time.textContent !== words) time.textContent = words;
      if (!time.dataset.told) { time.title = absolute.format(at); time.dataset.told = "1"; }
    }
  }

  // ---- to the server
  let waiting = [];
  function send(name, value) {
    try {
      if (window.did_handshake) { emitEvent(name, value); return; }
    } catch { /* not there yet */ }
    waiting.push([name, value]);
  }
  setInterval(() => {
    if (!waiting.length || !window.did_handshake) return;
    const due = waiting; waiting = [];
    for (const [name, value] of due) send(name, value);
  }, 100);

  // ---- from the server
  let heard = Date.now(), state = "connecting", paused = false, held = [];
  function show(word) {
    state = word;
    const pulse = find("pulse");
    if (!pulse) return;
    const stale = { connecting: "Connecting…", live: "Live", stale: "Not up to date" }[word];
    pulse.dataset.state = paused ? "paused" : word;
    const text = paused ? "Paused" : stale;
    if (pulse.textContent !== text) pulse.textContent = text;
  }
  function made(html) {
    const box = document.createElement("template");
    box.innerHTML = html;
    tell(box.content);
    return box.content;
  }
  function feed(cards) {
    const list = find("feed");
    if (!list) return;
    for (const [name, html] of cards) {
      const old = [...list.children].find((one) => one.dataset.finding === name);
      const focus = old && old.contains(document.activeElement);
      if (focus) { held.push([name, html]); continue; } // not under somebody's hands
      if (old) old.remove();
      const fresh = made(html).firstElementChild;
      fresh.classList.add("b-fresh");
      list.prepend(fresh);
    }
    list.querySelectorAll(":scope > .b-empty").forEach((one) => list.querySelector("article") && one.remove());
    while (list.children.length > 100) list.lastElementChild.remove();
  }
  function drop(names) {
    const list = find("feed");
    if (!list || !names.length) return;
    held = held.filter(([name]) => !names.includes(name));
    for (const one of [...list.children]) if (names.includes(one.dataset.finding)) one.remove();
  }
  const bunco = {
    alive() {
      heard = Date.now();
      const banner = find("banner");
      if (banner) banner.hidden = true;
      show("live");
    },
    stale(text) {
      const banner = find("banner");
      if (banner) { banner.textContent = text; banner.hidden = !text; }
      if (text) { heard = 0; show("stale"); }
    },
    push(cards, gone) {
      bunco.alive();
      drop(gone || []);
      if (!cards.length) return;
      if (!paused) { feed(cards); return; }
      const names = new Set(cards.map(([name]) => name));
      held = held.filter(([name]) => !names.has(name)).concat(cards).slice(-100);
      count();
    },
    feedAnew(html) {
      find("feed").replaceChildren(made(html));
    },
    fill(name, html) {
      const place = find(name);
      if (!place || place.dataset.last === html) return;
      const hand = place.contains(document.activeElement) ? document.activeElement : null;
      const mark = hand && (hand.getAttribute("href") || hand.dataset.key || hand.dataset.id);
      place.replaceChildren(made(html));
      place.dataset.last = html;
      if (mark) {
        const again = [...place.querySelectorAll("a, button, input")].find(
          (one) => [one.getAttribute("href"), one.dataset.key, one.dataset.id].includes(mark));
        if (again) again.focus({ preventScroll: true });
      }
      choose();
    },
    note(text, undo) {
      const box = document.createElement("div");
      box.append(Object.assign(document.createElement("span"), { textContent: text }));
      if (undo) {
        const button = Object.assign(document.createElement("button"), { textContent: "Undo", type: "button" });
        button.addEventListener("click", () => { send("undo", { key: undo }); box.remove(); });
        box.append(button);
      }
      find("notes").append(box);
      setTimeout(() => box.remove(), undo ? 20000 : 8000);
    },
    go(address) { location.assign(address); },
  };
  window.bunco = bunco;

  function count() {
    const button = find("pause");
    if (!button) return;
    button.setAttribute("aria-pressed", String(paused));
    button.textContent = paused ? (held.length ? `Resume (${held.length} new)` : "Resume") : "Pause";
  }
  function pause() {
    paused = !paused;
    if (!paused) { const due = held; held = []; feed(due); }
    count(); show(state);
    send("pause", { paused });
  }

  // ---- choosing several findings
  function chosen() { return [...document.querySelectorAll("input[name=choose]:checked")].map((one) => one.value); }
  function choose() {
    const button = find("judge-chosen");
    if (!button) return;
    const many = chosen().length;
    button.disabled = !many;
    button.textContent = many ? `Judge ${many} chosen…` : "Judge the chosen…";
  }

  // ---- dialogs
  function judge(ids, judged, about, many = ids.length) {
    const dialog = find("judge");
    dialog.dataset.ids = JSON.stringify(ids);
    dialog.dataset.count = many;
    const form = dialog.querySelector("form");
    form.reset();
    const radio = form.querySelector(`input[name=judged][value=${judged || "spam"}]`);
    radio.checked = true;
    find("judge-about").textContent = many === 1 && about ? about : `${many} ${many === 1 ? "finding" : "findings"}`;
    const by = form.elements.namedItem("by");
    if (by) by.value = store.get("bunco-name") || "";
    lasting();
    dialog.showModal();
    form.elements.namedItem("because").focus();
  }
  function lasting() {
    const form = document.querySelector("#judge form");
    find("judge-days").hidden = form.elements.namedItem("judged").value !== "mute";
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const { act, id, judged, key } = button.dataset;
    if (act === "theme") {
      store.set("bunco-theme", themes[(themes.indexOf(theme()) + 1) % themes.length]);
      paint();
    } else if (act === "judge") {
      const card = button.closest("[data-finding]");
      const about = card?.querySelector(".b-sentence")?.textContent ?? "";
      judge([id], judged, about);
    } else if (act === "judge-chosen") judge(chosen(), "spam", "");
    else if (act === "choose-all") {
      for (const one of document.querySelectorAll("input[name=choose]")) one.checked = button.checked;
      choose();
    } else if (act === "pause") pause();
    else if (act === "open") find(id).showModal();
    else if (act === "close") button.closest("dialog").close();
    else if (act === "send") { button.disabled = true; setTimeout(() => { button.disabled = false; }, 2000); send(key, { id }); }
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === "choose") choose();
    if (event.target.name === "judged") lasting();
    if (event.target.form?.dataset.live !== undefined) filter(event.target.form);
  });
  let typing = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.dataset.live === undefined || event.target.tagName === "SELECT") return;
    clearTimeout(typing);
    typing = setTimeout(() => filter(form), 300);
  });
  function filter(form) {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.set(name, value);
    const words = query.toString();
    history.replaceState(null, "", words ? `?${words}` : location.pathname);
    held = []; count();
    send("filter", Object.fromEntries(query));
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.live !== undefined) { event.preventDefault(); filter(form); return; }
    if (form.dataset.send === undefined) return;
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    const dialog = form.closest("dialog");
    if (form.dataset.send === "judge") {
      values.ids = JSON.parse(dialog.dataset.ids);
      values.count = Number(dialog.dataset.count);
      if (values.by) store.set("bunco-name", values.by);
    }
    send(form.dataset.send, values);
    if (dialog) dialog.close();
  });

  document.addEventListener("DOMContentLoaded", () => {
    paint(); tell(document); show("connecting"); count(); choose();
    if (!known && zone !== "UTC" && document.cookie.includes("bunco_zone=") && document.querySelector("[data-zoned]")) {
      location.reload(); // once: days begin at the viewer's midnight from now on
    }
  });
  setInterval(() => tell(document), 5000);
  setInterval(() => {
    if (heard && Date.now() - heard < 20000) return;
    show(state === "connecting" && Date.now() - performance.timeOrigin < 20000 ? "connecting" : "stale");
  }, 2000);
})();
