"""A platform's page as platforms make them: a form, a waiting room, a bar of buttons by their usual names.

What is done to it stands in `window.done`, in order.
"""

from typing import Final

VI: Final = {
    "lang": "vi",
    "name": "Tên của bạn",
    "password": "Mật khẩu cuộc họp",
    "join": "Tham gia cuộc họp",
    "leave": "Rời cuộc họp",
    "on": "Tắt micro",
    "off": "Bật micro",
    "up": "Hạ tay",
    "down": "Giơ tay",
    "waiting_room": "Vui lòng đợi chủ trì cho bạn vào",
    "removed": "Bạn đã bị mời ra khỏi phòng họp",
    "ended": "Cuộc họp đã kết thúc",
    "refused": "Yêu cầu tham gia của bạn bị từ chối",
    "locked": "Phòng họp đã bị khóa",
    "full": "Phòng họp đã đủ số người",
    "no_room": "Không tìm thấy cuộc họp",
    "wrong": "Mật khẩu không đúng",
    "unmute": "Chủ tọa mời bạn bật micro",
    "muted": "Chủ tọa đã tắt micro của bạn",
    "camera": "Chủ tọa yêu cầu bạn bật camera",
}
EN: Final = {
    "lang": "en",
    "name": "Your name",
    "password": "Meeting passcode",
    "join": "Join now",
    "leave": "Leave meeting",
    "on": "Mute microphone",
    "off": "Unmute microphone",
    "up": "Lower hand",
    "down": "Raise hand",
    "waiting_room": "Please wait, the host will let you in soon",
    "removed": "You have been removed from the meeting",
    "ended": "This meeting has been ended by the host",
    "refused": "Someone denied your request to join",
    "locked": "The meeting is locked",
    "full": "The meeting is full",
    "no_room": "Invalid meeting ID",
    "wrong": "Wrong passcode, please try again",
    "unmute": "The host would like you to unmute",
    "muted": "The host has muted you",
    "camera": "The host asks you to start your video",
}
LANGUAGES: Final = {"vi": VI, "en": EN}
PASSWORD: Final = "mật-khẩu-271828"
PAGE: Final = """<!doctype html><html lang="LANG"><meta charset="utf-8"><body><main></main><script>
"use strict";
const words = WORDS, then = "THEN", form = "FORM", done = window.done = [];
const main = document.querySelector("main");
const put = (tag, given, text) => {
  const el = Object.assign(document.createElement(tag), given);
  if (text) el.textContent = text;
  main.append(el);
  return el;
};
const told = (key) => put("div", {role: "alert"}, words[key]).setAttribute("role", "alert");
const toggle = (name, key, yes, no, is) => {
  const button = put("button");
  const show = () => button.setAttribute("aria-label", is ? words[yes] : words[no]);
  button.onclick = () => { is = !is; done.push(`${name} ${is}`); setTimeout(show, 150); };
  show();
};
const room = () => {
  main.replaceChildren();
  put("h1", {}, "…");
  toggle("microphone", "m", "on", "off", form === "opens");
  toggle("hand", "h", "up", "down", false);
  put("button", {onclick: () => { done.push("leave"); }}, words.leave);
  if (["unmute", "muted", "camera"].includes(then)) told(then);
  if (then !== "rejoin") return;
  main.replaceChildren();
  told("removed");
  put("button", {onclick: () => done.push("join")}, words.join);
};
const refused = () => { main.replaceChildren(); told(then); };
const entered = () => {
  done.push("join");
  if (form === "password" && pin.value !== "PASSWORD") { told("wrong"); pin.value = ""; return; }
  if (then === "waiting_room") { refused(); setTimeout(room, 1500); return; }
  if (["removed", "ended", "refused", "locked", "full", "no_room"].includes(then)) return refused();
  room();
};
const say = (key) => { main.replaceChildren(); told(key); };
let pin;
if (form === "none") room();
else {
  const name = put("input", {placeholder: words.name});
  const join = put("button", {disabled: true, onclick: entered}, words.join);
  name.oninput = () => { join.disabled = !name.value; if (name.value) done.push(`name ${name.value}`); };
  if (form === "password") pin = put("input", {type: "password", oninput: () => done.push("password")});
  if (form === "open microphone") toggle("microphone", "m", "on", "off", true);
}
</script></body></html>"""


def site_page(language: str, then: str = "in", form: str = "name") -> str:
    """`then`: what comes after joining. `form`: name, password, open microphone, none."""
    words = LANGUAGES[language]
    page = PAGE.replace("LANG", language).replace("WORDS", repr(words)).replace("THEN", then).replace("FORM", form)
    return page.replace("PASSWORD", PASSWORD)
