// A conference page of our own for Janus VideoRoom: sends microphone and picture, shows everybody else in the room.
// With "form" in its address it is entered as platforms are: by a name and a button; else at once.
// With "beacon=RUN" it tells its own server when it joined and when the first far picture was shown (benchmarks).
// It keeps to the site's own limits: nothing is loaded from anywhere, and what it says about itself proves nothing.
"use strict";
const asked = new URLSearchParams(location.search);
const room = Number(location.pathname.split("/").pop());
const waiting = new Map();  // transaction -> what to do with the answer
const plugins = new Map();  // handle -> what to do with its events
const $ = (id) => document.getElementById(id);
const people = new Map();  // feed -> name
const ERRORS = {426: "no room", 429: "password", 432: "full", 433: "password"};  // of Janus VideoRoom
let socket, session, us, ours, name = "site", pin;

const tell = (what) => { $("told").textContent = what; };
const list = () => $("people").replaceChildren(...[name, ...people.values()].map((one) => {
  const item = document.createElement("li");
  item.textContent = one;
  return item;
}));
const beacon = (what) => asked.has("beacon") && fetch(`/beacon/${asked.get("beacon")}/${what}`, {method: "POST"});
const left = (why) => { $("bar").hidden = true; tell(why); socket.close(); };
const toggle = (id, turned) => {
  $(id).onclick = () => {
    const on = $(id).getAttribute("aria-pressed") !== "true";
    $(id).setAttribute("aria-pressed", String(on));
    turned(on);
  };
};

const ask = (body) => new Promise((answered) => {
  const transaction = Math.random().toString(36).slice(2);
  waiting.set(transaction, answered);
  socket.send(JSON.stringify({transaction, ...(session ? {session_id: session} : {}), ...body}));
});
const attach = async (heard) => {
  const handle = (await ask({janus: "attach", plugin: "janus.plugin.videoroom"})).data.id;
  plugins.set(handle, heard);
  return (body, jsep) => ask({janus: "message", handle_id: handle, body, ...(jsep ? {jsep} : {})});
};
const whole = (pc) => new Promise((done) => {  // every candidate inside the one description
  const look = () => pc.iceGatheringState === "complete" && done(pc.localDescription);
  pc.addEventListener("icegatheringstatechange", look);
  look();
});
const sound = async () => (await navigator.mediaDevices.getUserMedia({audio: true})).getAudioTracks()[0];
const drawn = () => {  // this machine has no camera: real frames of a drawn picture
  const canvas = document.createElement("canvas"), g = canvas.getContext("2d");
  [canvas.width, canvas.height] = [640, 360];
  let turn = 0;
  setInterval(() => {
    g.fillStyle = "#39506b"; g.fillRect(0, 0, 640, 360);
    g.fillStyle = "#e2e6ea"; g.fillRect((turn += 7) % 600, 150, 40, 60);
  }, 66);
  return canvas.captureStream(15).getVideoTracks()[0];
};
const picture = async () => {
  try {
    return (await navigator.mediaDevices.getUserMedia({video: true})).getVideoTracks()[0];
  } catch (_) { return drawn(); }
};
const watch = async (publishers) => {
  for (const publisher of publishers || []) {
    people.set(publisher.id, publisher.display || "?");
    list();
    const pc = new RTCPeerConnection();
    const send = await attach(async (event, jsep) => {
      if (!jsep) return;
      await pc.setRemoteDescription(jsep);
      await pc.setLocalDescription(await pc.createAnswer());
      await send({request: "start"}, await whole(pc));
    });
    pc.ontrack = (event) => {
      const shown = document.createElement(event.track.kind);
      shown.autoplay = true;
      shown.srcObject = new MediaStream([event.track]);
      document.body.append(shown);
      if (event.track.kind === "video") shown.requestVideoFrameCallback(() => beacon("frame"));
    };
    await send({request: "join", ptype: "subscriber", room, streams: [{feed: publisher.id}],
                ...(pin ? {pin} : {})});
  }
};
const publish = async () => {
  const pc = new RTCPeerConnection();
  pc.onconnectionstatechange = () => pc.connectionState === "connected" && beacon("joined");
  for (const track of await Promise.all([sound(), picture()])) {
    if (track.kind === "audio") ours = track;
    pc.addTrack(track);
  }
  if (!$("enter").hidden) ours.enabled = false;
  const send = await attach(async (event, jsep) => {
    if (jsep) await pc.setRemoteDescription(jsep);
    await watch(event.publishers);
    if (event.error_code) {
      tell(ERRORS[event.error_code] || "error");
      if (ERRORS[event.error_code] === "password") $("pin").hidden = false;
      return;
    }
    if (event.unpublished || event.leaving) { people.delete(event.unpublished || event.leaving); list(); }
    if (event.reason === "kicked" && event.leaving === "ok") { left("removed"); return; }
    if (event.videoroom === "destroyed") { left("ended"); return; }
    if (event.videoroom !== "joined") return;
    us = event.id;
    $("enter").hidden = true;
    $("bar").hidden = false;
    tell("");
    list();
    await pc.setLocalDescription(await pc.createOffer());
    await send({request: "configure", audio: true, video: true}, await whole(pc));
  });
  await send({request: "join", ptype: "publisher", room, display: name, ...(pin ? {pin} : {})});
};
const begin = () => {
  if (socket) socket.close();
  session = undefined;
  socket = new WebSocket(`ws://127.0.0.1:${asked.get("janus")}`, "janus-protocol");
  socket.onmessage = (message) => {
    const told = JSON.parse(message.data);
    if (told.janus === "ack") return;
    const answered = waiting.get(told.transaction);
    waiting.delete(told.transaction);
    if (told.janus === "event") plugins.get(told.sender)?.(told.plugindata.data, told.jsep);
    if (answered) answered(told);
  };
  socket.onopen = async () => {
    session = (await ask({janus: "create"})).data.id;
    setInterval(() => ask({janus: "keepalive"}), 20000);
    publish();
  };
};
toggle("microphone", (on) => { ours.enabled = on; });
toggle("hand", () => null);
toggle("tiles", (on) => document.body.classList.toggle("tiles", on));
$("leave").onclick = () => left("");
if (asked.has("form")) {
  $("enter").hidden = false;
  $("join").onclick = () => { name = $("name").value; pin = $("pin").value; begin(); };
} else begin();
