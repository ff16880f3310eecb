// The hands of a site recipe (resources/web/recipes): finds what a person would find, by what is shown and how it is
// named, and presses it. It runs in a world of its own, which the page can neither see nor change. RECIPE is replaced
// with the recipe's data, HANDS with a word made for this join. Nothing it was handed is kept or written anywhere.
(() => {
  "use strict";
  const recipe = RECIPE;
  const KINDS = {
    button: "button, [role=button], [role=menuitem], [role=switch], input[type=submit], input[type=button], a[role=button]",
    link: "a[href]",
    field: "input:not([type=hidden], [type=checkbox], [type=radio], [type=submit], [type=button]), textarea",
    told: "[role=alert], [role=alertdialog], [role=dialog], [role=status], [aria-live], dialog, h1, h2, h3",
  };
  const PATIENCE_MS = 2000, MOST = 5;  // between two presses of one kind, and of one kind in one document
  const pressed = new Map();
  let tries = 0;  // with what was typed: one, for a refused password locks rooms and accounts

  const plain = (text) => (text || "").normalize("NFC").replace(/\s+/g, " ").trim();
  const shown = (el) => el.isConnected && el.checkVisibility({visibilityProperty: true})
    && !el.closest("[aria-hidden=true], [inert]");
  const nameOf = (el) => {
    const by = (el.getAttribute("aria-labelledby") || "").split(/\s+/).map((id) => id && el.getRootNode().getElementById?.(id));
    const label = by.filter(Boolean).map((one) => one.innerText).join(" ");
    return plain(label || el.getAttribute("aria-label") || (el.labels && el.labels[0] && el.labels[0].innerText)
      || (el.matches("input[type=submit], input[type=button]") ? el.value : el.innerText)
      || el.getAttribute("title") || el.getAttribute("placeholder"));
  };
  const roots = function* (root) {  // open shadow roots, where the recipe asks for them
    yield root;
    if (recipe.shadow) for (const el of root.querySelectorAll("*")) if (el.shadowRoot) yield* roots(el.shadowRoot);
  };
  const matches = (el, finder) => {
    if (!shown(el)) return false;
    if (finder.name && !new RegExp(finder.name, "iu").test(nameOf(el))) return false;
    if (finder.text && !new RegExp(finder.text, "iu").test(plain(el.innerText).slice(0, 2000))) return false;
    if (finder.pressed !== undefined) {
      const said = el.getAttribute("aria-pressed") ?? el.getAttribute("aria-checked") ?? el.getAttribute("aria-selected");
      if (said !== String(finder.pressed)) return false;
    }
    return true;
  };
  const every = (finders) => {
    for (const finder of finders || []) {
      for (const root of roots(document)) {
        const found = [...root.querySelectorAll(finder.css || KINDS[finder.kind || "button"])].filter((el) => matches(el, finder));
        if (found.length) return found;
      }
    }
    return [];
  };
  const find = (finders) => every(finders)[0] || null;
  const able = (el) => el && !el.disabled && el.getAttribute("aria-disabled") !== "true";

  const press = (what, el) => {
    const [count, at] = pressed.get(what) || [0, -Infinity], now = performance.now();
    if (!able(el) || count >= MOST || now - at < PATIENCE_MS) return false;
    pressed.set(what, [count + 1, now]);
    el.click();
    return true;
  };
  const fill = (el, text) => {
    const proto = el instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
    el.focus();
    Object.getOwnPropertyDescriptor(proto, "value").set.call(el, text);
    el.dispatchEvent(new Event("input", {bubbles: true}));
    el.dispatchEvent(new Event("change", {bubbles: true}));
  };

  const stateOf = (what) => {  // true, false; null where neither is shown
    const own = recipe[what];
    if (!own) return null;
    return find(own.on) ? true : find(own.off) ? false : null;
  };
  const turn = (what, on) => {  // only a toggle is there: what it is comes first
    const is = stateOf(what), own = recipe[what];
    if (is === null || is === on) return is;
    const el = find(on ? own.turn_on || own.off : own.turn_off || own.on);
    if (able(el)) el.click();
    return stateOf(what);
  };
  const first = (told) => Object.keys(told || {}).find((key) => find(told[key])) || null;

  // One thing at a time towards the room: what stands before the form, name, closed microphone, join.
  const step = (given, refused) => {
    if (find(recipe.inside)) return null;
    if (press("before", find(recipe.before))) return "before";
    const name = find(recipe.name);
    if (name && given.name && !name.readOnly && name.value !== given.name) { fill(name, given.name); return "name"; }
    const wants = ["username", "password"].filter((what) => able(find(recipe[what])) && !find(recipe[what]).value);
    if (wants.length) return wants;
    const join = find(recipe.join);
    if (!able(join) || (refused && tries < 1)) return null;
    if (stateOf("microphone") === true) {
      const own = recipe.microphone;
      return press("microphone", find(own.turn_off || own.on)) ? "microphone" : null;
    }
    if (!press("join", join)) return null;
    tries = 0;
    return "join";
  };

  const look = (given) => {
    const inside = !!find(recipe.inside), standing = inside && !recipe.standing_inside ? null : first(recipe.standing);
    const people = recipe.participants ? every(recipe.participants) : [];
    const said = {
      inside, standing,
      microphone: stateOf("microphone"), hand: stateOf("hand"), tiles: stateOf("layout"),
      participants: people.length ? people.slice(0, 300).map((el) => nameOf(el).slice(0, 100)) : null,
      requests: Object.keys(recipe.requests || {}).filter((key) => find(recipe.requests[key])),
      step: null,
    };
    if (given && (!standing || standing === "password")) said.step = step(given, standing === "password");
    return JSON.stringify(said);
  };
  const type = (origin, typed) => {  // only where it was meant for: the frame may have moved on meanwhile
    if (location.origin !== origin) return false;
    const into = Object.keys(typed).map((what) => [what, find(recipe[what])]).filter(([, el]) => able(el) && !el.value);
    for (const [what, el] of into) fill(el, typed[what]);
    if (into.length) tries = 1;
    return into.length > 0;
  };
  const leave = () => {
    const el = find(recipe.leave_sure) || find(recipe.leave);
    if (able(el)) el.click();
    return !!el;
  };
  Object.defineProperty(globalThis, "HANDS", {value: Object.freeze({look, turn, type, leave})});
})();
