// the line in each timeline follows its video; a click on a timeline jumps there
for (const box of document.querySelectorAll("[data-duration]")) {
  const { left, right, width, duration } = Object.fromEntries(Object.entries(box.dataset).map(([k, v]) => [k, Number(v)]));
  const video = box.closest(".made").querySelector("video");
  const drawing = box.querySelector("svg"), head = box.querySelector(".playhead");
  const move = () => {
    const x = left + Math.min(video.currentTime / duration, 1) * (right - left);
    head.setAttribute("x1", x);
    head.setAttribute("x2", x);
    const seen = x / width * drawing.clientWidth;
    if (!video.paused) box.scrollLeft = seen - box.clientWidth / 2;
  };
  const follow = () => { move(); if (!video.paused && !video.ended) requestAnimationFrame(follow); };
  video.addEventListener("play", follow);
  video.addEventListener("timeupdate", move);
  video.addEventListener("seeked", move);
  drawing.addEventListener("click", event => {
    const place = drawing.getBoundingClientRect();
    const x = (event.clientX - place.left) / place.width * width;
    video.currentTime = Math.max(0, Math.min((x - left) / (right - left), 1)) * duration;
  });
}
// one at a time
const videos = document.querySelectorAll("video");
videos.forEach(one => one.addEventListener("play", () => videos.forEach(other => other !== one && other.pause())));
