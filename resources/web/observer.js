// Injected before any script of a conference page, in every frame: counts what its peer connections really move.
// It reads getStats() only; it never touches what the page does. NAME is replaced with a word made for this join.
(() => {
  "use strict";
  const Real = window.RTCPeerConnection;
  if (!Real || window.NAME) return;
  const watched = [];
  const empty = () => ({feedback: 0, acknowledged: 0, vif: 0, vip: 0, viw: 0, vih: 0, aip: 0, vof: 0, vop: 0, vow: 0,
                        voh: 0, aop: 0, vir: 0, air: 0, aot: 0, aon: 0});
  const look = {at: 0, connections: 0, rtt: null, loss: null, codecs: [], ...empty()};
  Object.defineProperty(window, "NAME", {value: look, enumerable: false});

  const watch = (pc) => { watched.push({pc, seen: new Map(), acknowledged: 0, last: empty()}); return pc; };
  const proxy = new Proxy(Real, {
    construct(target, args, newTarget) {
      return watch(Reflect.construct(target, args, newTarget === proxy ? target : newTarget));
    },
  });
  window.RTCPeerConnection = proxy;
  if (window.webkitRTCPeerConnection) window.webkitRTCPeerConnection = proxy;

  const one = async (entry) => {
    const sum = empty();
    let rtt = null, lost = 0, received = 0;
    (await entry.pc.getStats()).forEach((s) => {
      if (s.type === "candidate-pair" && s.state === "succeeded") {
        sum.feedback += (s.responsesReceived || 0) + (s.packetsReceived || 0);
        if (s.nominated && s.currentRoundTripTime !== undefined) rtt = s.currentRoundTripTime * 1000;
      } else if (s.type === "inbound-rtp") {
        received += s.packetsReceived || 0; lost += Math.max(0, s.packetsLost || 0);
        if (s.kind === "video") {
          sum.vif += s.framesDecoded || 0; sum.vip += s.packetsReceived || 0;
          if ((s.frameWidth || 0) > sum.viw) { sum.viw = s.frameWidth; sum.vih = s.frameHeight; }
        } else sum.aip += s.packetsReceived || 0;
      } else if (s.type === "outbound-rtp") {
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
    for (const sender of entry.pc.getSenders()) {  // aot: microphone tracks that it sends; aon: those not muted by the page
      if (!sender.track || sender.track.kind !== "audio") continue;
      sum.aot += 1;
      if (sender.track.enabled && sender.track.readyState === "live") sum.aon += 1;
    }
    sum.acknowledged = entry.acknowledged;
    entry.last = sum;
    return {rtt, lost, received};
  };

  const tick = async () => {
    const total = empty();
    let connections = 0, rtt = null, lost = 0, received = 0;
    for (const entry of watched) {
      if (entry.pc.connectionState !== "closed") {
        try {
          const now = await one(entry);
          if (now.rtt !== null) rtt = rtt === null ? now.rtt : Math.max(rtt, now.rtt);
          lost += now.lost; received += now.received;
        } catch (_) { /* closed while we asked: its last counters stand */ }
      }
      if (entry.pc.connectionState === "connected") connections += 1;
      else entry.last.aot = entry.last.aon = 0;
      for (const key of Object.keys(total)) {
        total[key] = /w$|h$/.test(key) ? Math.max(total[key], entry.last[key]) : total[key] + entry.last[key];
      }
    }
    Object.assign(look, total, {connections, rtt, at: Date.now(),
      loss: received + lost > 0 ? 100 * lost / (received + lost) : null});
    setTimeout(tick, 500);
  };
  tick();
})();
