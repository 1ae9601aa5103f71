// Tabs, the playhead over the picture of the whole, clicks on it, and files that are too large to send at all.
// Listens on the document: results come and go.
(() => {
  document.documentElement.style.colorScheme = "light";
  const players = (root) => [...root.querySelectorAll(".variant video")];
  const place = (variant) => {
    const svg = variant.querySelector("svg.whole"), video = variant.querySelector("video");
    const left = +svg.dataset.left, right = +svg.dataset.right, length = +svg.dataset.duration;
    const head = svg.querySelector(".playhead"), x = left + (right - left) * Math.min(video.currentTime / length, 1);
    head.setAttribute("x1", x);
    head.setAttribute("x2", x);
    head.style.visibility = "visible";
  };
  const choose = (tab) => {
    const root = tab.closest(".results"), old = root.querySelector(".variant:not([hidden]) video");
    root.querySelectorAll(".tabs button").forEach((each) => each.setAttribute("aria-selected", each === tab));
    root.querySelectorAll(".variant").forEach((each) => { each.hidden = each.dataset.variant !== tab.dataset.variant; });
    const video = root.querySelector(".variant:not([hidden]) video"), playing = old && !old.paused;
    if (video === old) return;
    players(root).forEach((each) => each.pause());
    if (old) video.currentTime = old.currentTime;
    if (playing) video.play();
  };
  document.addEventListener("timeupdate", (event) => {
    const variant = event.target.closest && event.target.closest(".variant");
    if (variant) place(variant);
  }, true);
  document.addEventListener("click", (event) => {
    const tab = event.target.closest(".tabs button"), svg = event.target.closest("svg.whole");
    if (tab) choose(tab);
    if (!svg || !svg.closest(".variant")) return;
    const variant = svg.closest(".variant"), box = svg.getBoundingClientRect();
    const at = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
    const share = (at - svg.dataset.left) / (svg.dataset.right - svg.dataset.left);
    variant.querySelector("video").currentTime = Math.min(Math.max(share, 0), 1) * svg.dataset.duration;
    place(variant);
  });
  // whether the file is too large; then it is not sent, and said beside the drop zone, where the video before stays
  const refuse = (files) => {
    const words = document.querySelector("#too-large"), most = +words.dataset.most;
    const large = [...files].find((file) => file.size > most);
    words.hidden = !large;
    words.textContent = large
      ? `${large.name} has ${Math.ceil(large.size / 1e6)} MB; ${Math.round(most / 1e6)} MB is the most. Try a smaller one.`
      : "";
    return Boolean(large);
  };
  document.addEventListener("change", (event) => {
    if (!event.target.matches("#upload input[type=file]") || !refuse(event.target.files)) return;
    event.stopImmediatePropagation();
    event.target.value = "";
  }, true);
  document.addEventListener("drop", (event) => {
    if (!event.target.closest("#upload") || !refuse(event.dataTransfer.files)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    event.target.dispatchEvent(new DragEvent("dragleave", { bubbles: true, cancelable: true }));
  }, true);
})();
