// Injected before any script of a conference page, in every frame: counts what its peer connections really move.
// It reads only; it never touches what the page does. NAME is replaced with a word made for this join, SILENT with ms. What it says is
// a getter that the page can neither replace nor take away, over functions taken before the page had its hands on them.
(() => {
  "use strict";
  const Real = window.RTCPeerConnection;
  if (!Real || Object.getOwnPropertyDescriptor(window, "NAME")) return;
  const {apply, construct} = Reflect, {stringify} = JSON, later = setTimeout.bind(window), now = Date.now;
  const getter = (proto, name) => { const {get} = Object.getOwnPropertyDescriptor(proto, name); return (of) => apply(get, of, []); };
  const method = (proto, name) => { const f = proto[name]; return (of, ...given) => apply(f, of, given); };
  const getStats = method(Real.prototype, "getStats"), getSenders = method(Real.prototype, "getSenders");
  const stateOf = getter(Real.prototype, "connectionState"), remoteOf = getter(Real.prototype, "remoteDescription");
  const listen = method(EventTarget.prototype, "addEventListener"), readyOf = getter(WebSocket.prototype, "readyState");
  const liveness = getter(MediaStreamTrack.prototype, "readyState");
  const watched = [], sockets = [];
  const empty = () => ({feedback: 0, acknowledged: 0, vif: 0, vip: 0, viw: 0, vih: 0, aip: 0, vof: 0, vop: 0, vow: 0,
                        voh: 0, aop: 0, vir: 0, air: 0, aot: 0, aon: 0, freezes: 0});
  const look = {doc: Math.random().toString(36).slice(2), real: location.protocol !== "about:", connections: 0, rtt: null, loss: null, codecs: [],
                common_video: null, signalling: null, camera_ended: false, microphone_ended: false, ...empty()};
  Object.defineProperty(window, "NAME", {get: () => stringify(look), enumerable: false, configurable: false});

  // A track that ends by itself says so; one that the page stopped does not.
  const known = new WeakSet();
  const mind = (track) => {
    if (!track || known.has(track)) return;
    known.add(track);
    const what = track.kind === "video" ? "camera_ended" : "microphone_ended";
    if (liveness(track) === "live") look[what] = false;  // taken anew
    listen(track, "ended", () => { if (liveness(track) === "ended") look[what] = true; });
  };
  const observed = (owner, name, seen) => {  // the page's own call and answer, unchanged; we look at both
    if (owner && owner[name]) owner[name] = new Proxy(owner[name], {apply(target, self, given) {
      const answer = apply(target, self, given);
      seen(self, answer);
      return answer;
    }});
  };

  // The talk with the server: a socket that stands and answers. `slowest`: how long it ever let us wait.
  const SILENT_MS = SILENT, ENOUGH = 3, LATE_MS = 3000;
  const made = (Kind, keep) => {
    const proxy = new Proxy(Kind, {
      construct(target, given, newTarget) {
        const one = construct(target, given, newTarget === proxy ? target : newTarget);
        keep(one);
        return one;
      },
    });
    return proxy;
  };
  const heed = (socket) => {
    const entry = {socket, asked: 0, answers: 0, slowest: 0, stood: false};
    sockets.push(entry);
    if (sockets.length > 50) sockets.splice(0, 1);
    listen(socket, "open", () => { entry.stood = true; });
    listen(socket, "message", () => {
      if (!entry.asked) return;
      entry.slowest = Math.max(entry.slowest, now() - entry.asked);
      entry.answers += 1; entry.asked = 0;
    });
  };
  const sent = (socket) => {
    const entry = sockets.find((one) => one.socket === socket);
    if (entry && !entry.asked) entry.asked = now();
  };
  const closed = (socket) => {  // by the page itself, and not for want of an answer: it is done with it
    const at = sockets.findIndex((one) => one.socket === socket);
    if (at >= 0 && !(sockets[at].asked && now() - sockets[at].asked > LATE_MS)) sockets.splice(at, 1);
  };
  const silent = (entry) => entry.asked && entry.answers >= ENOUGH
    && now() - entry.asked > Math.max(SILENT_MS, 3 * entry.slowest);
  const signalling = () => {
    if (sockets.some((one) => readyOf(one.socket) === 1 && !silent(one))) return true;
    return sockets.some((one) => one.stood) ? false : null;
  };

  // Pictures that the far side offers, by the description that it sent: is there any that we can read?
  const HELPERS = /^(rtx|red|ulpfec|flexfec)/i;
  const ours = new Set(RTCRtpReceiver.getCapabilities("video").codecs.map((c) => c.mimeType.slice(6).toLowerCase()));
  const common = (pc) => {
    const told = remoteOf(pc);
    if (!told || told.type !== "offer") return null;
    let best = null;
    for (const part of told.sdp.split(/^m=/m).slice(1)) {
      if (!/^video [1-9]/.test(part) || /^a=(recvonly|inactive)/m.test(part)) continue;
      const names = [...part.matchAll(/^a=rtpmap:\d+ ([\w.-]+)\//gm)].map((m) => m[1]).filter((n) => !HELPERS.test(n));
      if (names.some((n) => ours.has(n.toLowerCase()))) return true;
      if (names.length) best = false;
    }
    return best;
  };

  const dress = (w) => {
    const watch = (pc) => watched.push({pc, seen: new Map(), acknowledged: 0, last: empty()});
    w.RTCPeerConnection = made(w.RTCPeerConnection, watch);
    if (w.webkitRTCPeerConnection) w.webkitRTCPeerConnection = w.RTCPeerConnection;
    observed(w.WebSocket.prototype, "send", sent);
    observed(w.WebSocket.prototype, "close", closed);
    w.WebSocket = made(w.WebSocket, heed);
    observed(w.MediaDevices && w.MediaDevices.prototype, "getUserMedia", (_, answer) =>
      answer.then((stream) => stream.getTracks().forEach(mind), () => null));
    const inner = Object.getOwnPropertyDescriptor(w.HTMLIFrameElement.prototype, "contentWindow");
    const get = new Proxy(inner.get, {apply: (target, self, given) => blank(apply(target, self, given))});
    Object.defineProperty(w.HTMLIFrameElement.prototype, "contentWindow", {...inner, get});
    new MutationObserver(() => { for (let n = 0; n < w.length; n += 1) blank(w[n]); })
      .observe(w.document, {childList: true, subtree: true});
  };
  // A frame's first, empty document gets no script of ours: what is made in it is counted here.
  const blank = (w) => {
    try {
      if (w && w.location.href === "about:blank" && !Object.getOwnPropertyDescriptor(w, "NAME")) {
        Object.defineProperty(w, "NAME", {value: "", enumerable: false, configurable: false});
        dress(w);
      }
    } catch (_) { /* of another origin */ }
    return w;
  };
  dress(window);

  const one = async (entry, codecs) => {
    const sum = empty(), mime = new Map(), used = new Set();
    let rtt = null, lost = 0, received = 0;
    (await getStats(entry.pc)).forEach((s) => {
      if (s.type === "codec") mime.set(s.id, s.mimeType);
      else if (s.type === "candidate-pair" && s.state === "succeeded") {
        sum.feedback += (s.responsesReceived || 0) + (s.packetsReceived || 0);
        if (s.nominated && s.currentRoundTripTime !== undefined) rtt = s.currentRoundTripTime * 1000;
      } else if (s.type === "inbound-rtp") {
        received += s.packetsReceived || 0; lost += Math.max(0, s.packetsLost || 0);
        used.add(s.codecId);
        if (s.kind === "video") {
          sum.vif += s.framesDecoded || 0; sum.vip += s.packetsReceived || 0; sum.freezes += s.freezeCount || 0;
          if ((s.frameWidth || 0) > sum.viw) { sum.viw = s.frameWidth; sum.vih = s.frameHeight; }
        } else sum.aip += s.packetsReceived || 0;
      } else if (s.type === "outbound-rtp") {
        used.add(s.codecId);
        if (s.kind === "video") {
          sum.vof += s.framesSent || s.framesEncoded || 0; sum.vop += s.packetsSent || 0;
          if ((s.frameWidth || 0) > sum.vow) { sum.vow = s.frameWidth; sum.voh = s.frameHeight; }
        } else sum.aop += s.packetsSent || 0;
      } else if (s.type === "remote-inbound-rtp") {
        if (entry.seen.get(s.id) !== s.timestamp) { entry.seen.set(s.id, s.timestamp); entry.acknowledged += 1; }
      } else if (s.type === "remote-outbound-rtp") {
        sum[s.kind === "video" ? "vir" : "air"] += s.packetsSent || 0;
      }
    });
    for (const id of used) if (mime.has(id)) codecs.add(mime.get(id));
    for (const {track} of getSenders(entry.pc)) {  // aot: microphone tracks that it sends; aon: those not muted by the page
      mind(track);
      if (!track || track.kind !== "audio") continue;
      sum.aot += 1;
      if (track.enabled && liveness(track) === "live") sum.aon += 1;
    }
    sum.acknowledged = entry.acknowledged;
    entry.last = sum;
    return {rtt, lost, received};
  };

  const tick = async () => {
    const total = empty(), codecs = new Set();
    let connections = 0, rtt = null, lost = 0, received = 0, common_video = null;
    for (const entry of watched) {
      const state = stateOf(entry.pc);
      if (state !== "closed") {
        try {
          const seen = await one(entry, codecs);
          if (seen.rtt !== null) rtt = rtt === null ? seen.rtt : Math.max(rtt, seen.rtt);
          lost += seen.lost; received += seen.received;
          const readable = common(entry.pc);
          if (readable !== null) common_video = common_video || readable;
        } catch (_) { /* closed while we asked: its last counters stand */ }
      }
      if (state === "connected") connections += 1;
      else entry.last.aot = entry.last.aon = 0;
      for (const key of Object.keys(total)) {
        total[key] = /w$|h$/.test(key) ? Math.max(total[key], entry.last[key]) : total[key] + entry.last[key];
      }
    }
    Object.assign(look, total, {connections, rtt, common_video, codecs: [...codecs].slice(0, 20),
      signalling: signalling(), loss: received + lost > 0 ? 100 * lost / (received + lost) : null});
    later(tick, 500);
  };
  tick();
})();
