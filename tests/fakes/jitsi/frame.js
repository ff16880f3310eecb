// The other side of external_api.js, as much of a Jitsi meeting as the road uses, over Jitsi's own transport.
// The room's name says what happens in it: hop, khoa (a password), cho (a lobby), day (full), duoi (kicked),
// moi (asked to unmute), tat (muted by the moderator), huy (ended), loi (refused).
import {PostMessageTransportBackend, Transport} from "@jitsi/js-utils/transport";

const id = /jitsi_meet_external_api_id=(\d+)/.exec(location.hash)[1];
const asked = (name) => (new RegExp(`${name}=([^&]*)`).exec(location.hash) || [])[1];
const room = location.pathname.slice(1);
const transport = new Transport({backend: new PostMessageTransportBackend({postisOptions: {scope: `jitsi_meet_external_api_${id}`}})});
const say = (name, facts = {}) => transport.sendEvent({name, ...facts});
const done = window.done = [asked("config.startWithAudioMuted"), JSON.parse(decodeURIComponent(asked("userInfo.displayName")))];
const told = (text) => { const el = document.createElement("h1"); el.textContent = text; document.body.replaceChildren(el); };
let muted = asked("config.startWithAudioMuted") === "true", hand = false, tiles = false, joined = false, wanted = room === "khoa";

const media = async () => {  // real counters: the page calls itself
  const canvas = document.createElement("canvas"), g = canvas.getContext("2d");
  document.body.append(canvas);
  setInterval(() => { g.fillStyle = `hsl(${Date.now() / 9 % 360} 50% 50%)`; g.fillRect(0, 0, 320, 180); }, 50);
  const audio = new AudioContext(), to = audio.createMediaStreamDestination(), tone = audio.createOscillator();
  tone.connect(to); tone.start();
  const a = new RTCPeerConnection(), b = new RTCPeerConnection();
  a.onicecandidate = (e) => e.candidate && b.addIceCandidate(e.candidate);
  b.onicecandidate = (e) => e.candidate && a.addIceCandidate(e.candidate);
  for (const pc of [a, b]) {
    pc.addTrack(canvas.captureStream(15).getVideoTracks()[0]);
    pc.addTrack(to.stream.getAudioTracks()[0].clone());
  }
  await a.setLocalDescription(await a.createOffer());
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription(await b.createAnswer());
  await a.setRemoteDescription(b.localDescription);
};
const join = () => {
  joined = true;
  say("video-conference-joined", {roomName: room, id: "us", displayName: done[1], formattedDisplayName: `${done[1]} (tôi)`});
  say("participant-joined", {id: "chair", displayName: "Điểm cầu chủ tọa", formattedDisplayName: "Điểm cầu chủ tọa"});
  if (room === "duoi") { told("…"); say("participant-kicked-out", {kicked: {id: "us", local: true}, kicker: {id: "chair"}}); }
  if (room === "moi") say("notification-triggered", {title: "notify.hostAskedUnmute"});
  if (room === "tat") say("notification-triggered", {title: "notify.mutedRemotelyTitle"});
  if (room === "hop") media();
};
const commands = {
  "toggle-audio": () => {
    done.push("toggle-audio");
    setTimeout(() => { muted = !muted; say("audio-mute-status-changed", {muted}); }, 100);
  },
  "toggle-raise-hand": () => { done.push("toggle-raise-hand"); hand = !hand; say("raise-hand-updated", {id: "us", handRaised: hand ? Date.now() : 0}); },
  "set-tile-view": (on) => { done.push(`tiles ${on}`); tiles = on; say("tile-view-changed", {enabled: on}); },
  "video-hangup": () => { done.push("hangup"); fetch("/left"); say("video-conference-left", {roomName: room}); say("video-ready-to-close"); },
  "password": (word) => {
    done.push("password");
    if (wanted && word === "271828") { wanted = false; join(); } else say("password-required");
  },
};
transport.on("event", ({data, name}) => {
  if (!commands[name]) return false;
  commands[name](...(data || []));
  return true;
});
transport.on("request", ({name}, callback) => {
  if (name === "is-audio-muted") { callback(muted); return true; }
  return false;
});
setTimeout(() => {
  if (wanted) say("password-required");
  else if (room === "cho") { told("Yêu cầu tham gia cuộc họp…"); setTimeout(() => { told(""); join(); }, 1500); }
  else if (room === "day") told("Đã đạt đến giới hạn người tham gia tối đa");
  else if (room === "huy") { join(); say("error-occurred", {error: {name: "conference.destroyed", type: "CONFERENCE"}}); }
  else if (room === "loi") say("notification-triggered", {title: "lobby.joinRejectedMessage"});
  else join();
}, 100);
