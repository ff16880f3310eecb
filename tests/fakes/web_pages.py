"""Conference pages that call themselves: two real peer connections in one document."""

CALLS_ITSELF = """<canvas id="c" width="320" height="180"></canvas><script>
const g = document.getElementById("c").getContext("2d");
setInterval(() => { g.fillStyle = `hsl(${Date.now() / 9 % 360} 50% 50%)`; g.fillRect(0, 0, 320, 180); }, 50);
const audio = new AudioContext(), to = audio.createMediaStreamDestination(), tone = audio.createOscillator();
tone.connect(to); tone.start();
const picture = () => document.getElementById("c").captureStream(15).getVideoTracks()[0];
const meet = async (Kind, told = (x) => x, video = picture) => {
  const a = new Kind(), b = new Kind();
  a.onicecandidate = (e) => e.candidate && b.addIceCandidate(e.candidate);
  b.onicecandidate = (e) => e.candidate && a.addIceCandidate(e.candidate);
  for (const pc of [a, b]) {
    pc.addTrack(video());
    to.stream.getTracks().forEach((t) => pc.addTrack(t));
  }
  await a.setLocalDescription(await a.createOffer());
  await b.setRemoteDescription({type: "offer", sdp: told(a.localDescription.sdp)});
  await b.setLocalDescription(await b.createAnswer());
  await a.setRemoteDescription(b.localDescription);
  return [a, b];
};
const begin = FIRST;
</script>"""

# how the connections of CALLS_ITSELF are made
ONLY_H264 = r"""meet(RTCPeerConnection, (sdp) => sdp.split(/^(?=m=)/m).map((part) =>
  !part.startsWith("m=video") ? part : part
      .replace(/^m=video (\d+) (\S+) .*$/m, "m=video $1 $2 96").replace(/^a=(rtpmap|fmtp|rtcp-fb):(?!96 ).*\r\n/gm, "")
      .replace(/^a=rtpmap:96 \S+/m, "a=rtpmap:96 H264/90000").replace(/^a=ssrc-group.*\r\n/gm, "")).join(""))"""
CAMERA = """(async () => {
  const track = (await navigator.mediaDevices.getUserMedia({video: true})).getVideoTracks()[0];
  await meet(RTCPeerConnection, (x) => x, () => track);
})()"""
MICROPHONE = """(async () => {
  window.mine = (await navigator.mediaDevices.getUserMedia({audio: true})).getAudioTracks()[0];
  await meet(RTCPeerConnection);
})()"""
TALKS = """<script>
const socket = new WebSocket(`ws://${location.host}/socket`);
socket.onopen = () => setInterval(() => socket.readyState === 1 && socket.send("alive"), 100);
</script>"""


def calls_itself(first: str = "meet(RTCPeerConnection)") -> str:
    """`first`: how the connections are made, in JavaScript."""
    return CALLS_ITSELF.replace("FIRST", first)
