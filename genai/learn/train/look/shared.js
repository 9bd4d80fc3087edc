// The run's view says by the event `lab-look` which moment is to be looked into: {id, step, modality, place}, or null
// for none. Each view of a modality shows what is its own, and hides for the others. The view provides `look(moment)`.

let moment = null; // that is looked into
let wanted = null; // while another one is being asked for: only the newest counts
let isAsking = false;

async function followMoment(detail) {
  wanted = detail;
  if (isAsking) return;
  isAsking = true;
  try {
    while (wanted) {
      moment = wanted;
      wanted = null;
      await look(moment);
    }
  } finally {
    isAsking = false;
  }
}

function onLook({ detail }) {
  if (!element.isConnected) {
    document.removeEventListener("lab-look", onLook); // the view was built anew
    return;
  }
  const isMine = detail?.modality === props.value.modality;
  part("look").hidden = !isMine;
  if (!isMine) {
    moment = null;
    return;
  }
  part("step").textContent = detail.step.toLocaleString("en");
  followMoment(detail).then(() => {
    if (detail.isNew) part("look").scrollIntoView({ block: "start" });
  });
}

const nameOf = ({ id, step }) => `${id}/${step}`;

// Show the trouble of an answer, if there is any; return whether there is.
function showTrouble(answer) {
  part("trouble").hidden = !answer.sentence;
  if (answer.sentence) setText(part("trouble"), answer.sentence);
  return Boolean(answer.sentence);
}

document.addEventListener("lab-look", onLook);

addActions({ closeLook: () => document.dispatchEvent(new CustomEvent("lab-look", { detail: null })) });
