// What changes on the server, in one event stream for the whole page: window.lab.watch. The server fills in the
// sentence for a lost connection (LOST). It is a part of page.js.
function liveStream(root) {
  const LOST_SENTENCE = LOST;
  const GATHER_MS = 50; // views that open together watch with one stream
  const HIDDEN_MS = 30_000;
  const FIRST_WAIT_MS = 1000;
  const LONGEST_WAIT_MS = 30_000;
  const callbacks = new Map(); // by topic, a set of functions
  const states = new Map(); // by topic, the last that came
  const known = new Set(); // topics whose state came with an id, so that it need not come again
  let source; // the EventSource, where one is open
  let watched = ""; // the topics of the source
  let lastId = "";
  let failures = 0;
  let timer;
  let hiddenTimer;

  function call(topic, state) {
    for (const callback of [...(callbacks.get(topic) ?? [])]) {
      try {
        callback(state);
      } catch (error) {
        console.error(error); // one view that fails must not stop the others
      }
    }
  }

  function tellAll(sentence) {
    for (const topic of callbacks.keys()) call(topic, { sentence });
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = undefined;
    watched = "";
  }

  function address(topics) {
    const has = topics.filter((topic) => known.has(topic));
    const query = new URLSearchParams({ topics: topics.join() });
    if (has.length) {
      query.set("last", lastId);
      query.set("has", has.join());
    }
    return `${root()}/lab/stream?${query}`;
  }

  function open() {
    const topics = [...callbacks.keys()].sort();
    if (source && topics.join() === watched) return;
    close();
    if (!topics.length || document.hidden) return;
    watched = topics.join();
    const mine = new EventSource(address(topics));
    source = mine;
    mine.onopen = () => {
      // What the page has does not come again, and takes the place of the sentence for a lost connection.
      if (failures) for (const topic of known) call(topic, states.get(topic));
      failures = 0;
    };
    mine.onerror = () => {
      if (mine === source) retry(mine.url);
    };
    for (const topic of topics) {
      mine.addEventListener(topic, (event) => {
        if (mine !== source) return;
        const state = JSON.parse(event.data);
        states.set(topic, state);
        if (event.lastEventId) {
          lastId = event.lastEventId; // none yet: the sentences for topics that cannot be watched come first
          known.add(topic);
        }
        call(topic, state);
      });
    }
  }

  // Browsers try again at a steady pace, and not at all after a refusal, whose sentence they do not hand out.
  async function retry(url) {
    close();
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.75 + Math.random() / 2);
    failures++;
    timer = setTimeout(open, wait);
    const sentence = await refusalOf(url);
    if (failures) tellAll(sentence); // else a newer stream has opened meanwhile
  }

  async function refusalOf(url) {
    const stop = new AbortController();
    try {
      const answer = await fetch(url, { signal: stop.signal });
      if (!answer.ok) return (await answer.json()).sentence ?? LOST_SENTENCE;
    } catch {
      // no connection, or an answer of something between this page and the server
    } finally {
      stop.abort(); // the stream itself, where the server has come back by now
    }
    return LOST_SENTENCE;
  }

  function openSoon() {
    clearTimeout(timer);
    timer = setTimeout(open, GATHER_MS);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(close, HIDDEN_MS);
    else if (!source) openSoon();
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && openSoon());

  // Call a function with each state of a topic, or with {sentence} where there is none to come, until the function
  // that is returned is called.
  return function watch(topic, callback) {
    const own = (state) => callback(state);
    if (!callbacks.has(topic)) callbacks.set(topic, new Set());
    callbacks.get(topic).add(own);
    queueMicrotask(() => {
      if (states.has(topic) && callbacks.get(topic)?.has(own)) own(states.get(topic));
    });
    openSoon();
    return () => {
      const others = callbacks.get(topic);
      if (!others?.delete(own)) return;
      if (others.size) return;
      callbacks.delete(topic);
      states.delete(topic);
      known.delete(topic);
      openSoon();
    };
  };
}
