// A slider for the number box above it; its stops grow by ratio.

const range = part("range");

// The stop that is nearest to a value, by ratio.
function nearestStop(steps, value) {
  const distances = steps.map((step) => Math.abs(Math.log(step / Math.max(1, value))));
  return distances.indexOf(Math.min(...distances));
}

function drawSlider() {
  const { label, steps, value } = props.value;
  setText(part("label"), label);
  part("low").textContent = steps[0];
  part("high").textContent = steps.at(-1);
  range.max = steps.length - 1;
  range.value = nearestStop(steps, value);
  range.style.setProperty("--fill", `${(range.value / range.max) * 100}%`);
  range.setAttribute("aria-valuetext", value);
}

range.addEventListener("input", () => {
  const { steps, box } = props.value;
  const number = document.querySelector(box);
  number.value = steps[range.value];
  number.dispatchEvent(new Event("input", { bubbles: true }));
});
watch("value", drawSlider);
drawSlider();
