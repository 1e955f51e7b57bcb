// Hears of changes: one stream for all tabs of a browser, which allows six connections to one server.

/**
 * Calls with {type, data} of each event of the stream at the url, and opens it again when nothing was heard for long. A
 * browser opens a stream again by itself only if the network was lost, not if the server answered with an error.
 */
export function stream(url, tell) {
  let source;
  let heard;
  const open = () => {
    heard = Date.now();
    source = new EventSource(url);
    for (const type of ['saga', 'reload', 'beat']) {
      source.addEventListener(type, event => {
        heard = Date.now();
        tell({ type, data: event.data });
      });
    }
  };
  open();
  const watch = setInterval(() => {
    if (Date.now() - heard > 10000) {
      source.close();
      tell({ type: 'reload' });
      open();
    }
  }, 2500);
  return () => {
    clearInterval(watch);
    source.close();
  };
}
