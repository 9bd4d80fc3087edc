// The buttons above the parts of the Learn tab. The address names the part that is open, and what is open in it.

const links = {}; // of each part, the link of what it shows
const names = () => props.value.parts;
const container = (name) => document.getElementById(`learn-${name}`);

function partInAddress() {
  const wanted = new URLSearchParams(location.search).get("part");
  return names().includes(wanted) ? wanted : names()[0];
}

function openPart(name) {
  for (const button of part("names").children) {
    const isOpen = button.dataset.name === name;
    button.hidden = !names().includes(button.dataset.name);
    button.toggleAttribute("aria-current", isOpen);
    if (isOpen) button.setAttribute("aria-current", "page");
  }
  for (const other of names()) container(other)?.classList.toggle("is-closed", other !== name);
  // A part computes and draws only while it is open.
  for (const other of names()) {
    container(other)?.dispatchEvent(new CustomEvent(other === name ? "lab-part-opened" : "lab-part-closed"));
  }
}

addActions({
  choose(button) {
    const { name } = button.dataset;
    openPart(name);
    window.lab.keepAddress(links[name] ?? `tab=learn&part=${name}`);
  },
});

// A part says by this event what link leads to what it shows now.
document.addEventListener("lab-part-link", (event) => {
  const { name, query } = event.detail;
  links[name] = `tab=learn&part=${name}${query ? `&${query}` : ""}`;
  const open = [...part("names").children].find((button) => button.getAttribute("aria-current") === "page");
  if (open?.dataset.name === name) window.lab?.keepAddress(links[name]);
});

document.addEventListener("lab-open-part", (event) => openPart(event.detail));

openPart(partInAddress());
