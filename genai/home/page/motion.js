// What moves on the Home tab: nothing where less motion is asked for, unless the visitor wants it, and nothing that is
// out of sight.

let moving = !matchMedia("(prefers-reduced-motion: reduce)").matches;
const animations = []; // {node, period, step, next}: `step` is called every `period` milliseconds while `node` is in sight
const onMotion = []; // functions to call when the motion is switched on or off
const inSight = new WeakSet();

const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) inSight.add(target);
    else inSight.delete(target);
  }
});

function animate(node, period, step) {
  animations.push({ node, period, step, next: 0 });
  sight.observe(node);
}

function drawFrame(now) {
  if (!element.isConnected) return sight.disconnect(); // the tab was closed, and is built anew when it is opened
  requestAnimationFrame(drawFrame);
  if (!moving) return;
  for (const animation of animations) {
    if (now < animation.next || !inSight.has(animation.node)) continue;
    animation.next = now + animation.period;
    animation.step();
  }
}

function showMotion() {
  element.classList.toggle("is-moving", moving);
  part("to-still").hidden = !moving;
  part("to-move").hidden = moving;
  for (const tell of onMotion) tell();
}

addActions({
  motion() {
    moving = !moving;
    showMotion();
  },
});
requestAnimationFrame(drawFrame);
