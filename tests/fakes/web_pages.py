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


def calls_itself(first: str = "meet(RTCPeerConnection)") -> str:
    """`first`: how the connections are made, in JavaScript."""
    return CALLS_ITSELF.replace("FIRST", first)
