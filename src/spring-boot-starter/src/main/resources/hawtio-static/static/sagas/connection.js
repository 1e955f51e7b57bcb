// Whether the server is there, and how old is what is shown.
import * as api from './api.js';
import { duration, time } from './words.js';

const SILENCE = 4500;

export function createConnection(React) {
  const { useEffect, useRef, useState } = React;
  const h = React.createElement;

  /** The time, every second while something runs. */
  function useNow(runs) {
    const [now, setNow] = useState(Date.now());
    useEffect(() => {
      if (!runs) {
        return undefined;
      }
      const clock = setInterval(() => setNow(Date.now()), 1000);
      return () => clearInterval(clock);
    }, [runs]);
    return now;
  }

  /**
   * Loads after each change that concerns the page, at most twice a second, and when the server is there again.
   *
   * @return since when nothing was heard of the server; null: it is there
   */
  function useConnection(load, concerns = () => true) {
    const [lost, setLost] = useState(null);
    const latest = useRef(load);
    latest.current = load;
    const concerned = useRef(concerns);
    concerned.current = concerns;
    useEffect(() => {
      let heard = Date.now();
      let isLost = false;
      let waiting = null;
      const soon = () => {
        waiting = waiting || setTimeout(() => { waiting = null; latest.current(); }, 500);
      };
      const stop = api.listen(changed => {
        heard = Date.now();
        if (isLost) {
          isLost = false;
          setLost(null);
          soon();
        } else if (!changed || !changed.beat && concerned.current(changed)) {
          soon();
        }
      });
      const watch = setInterval(() => {
        if (!isLost && Date.now() - heard > SILENCE) {
          isLost = true;
          setLost(heard);
        }
      }, 500);
      return () => { stop(); clearInterval(watch); clearTimeout(waiting); };
    }, []);
    return lost;
  }

  function Lost({ since }) {
    const now = useNow(true);
    return h('p', { role: 'alert', className: 'saga-problem saga-lost' },
      `No connection since ${time(since)}: what is shown is ${duration(Math.max(0, now - since))} old. It connects again by itself.`);
  }

  return { useNow, useConnection, Lost };
}
