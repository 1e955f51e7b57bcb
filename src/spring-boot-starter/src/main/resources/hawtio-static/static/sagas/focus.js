// Where the focus goes when what has it is taken from the page.
export function createFocus(React) {
  const { useLayoutEffect } = React;

  /** To be called where the parts are drawn that come and go. @param fallback what has the focus then; it has a tabIndex */
  return function useKeptFocus(fallback) {
    const before = document.activeElement;
    useLayoutEffect(() => {
      if (before && !before.isConnected && document.activeElement === document.body && fallback.current) {
        fallback.current.focus({ preventScroll: true });
      }
    });
  };
}
