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
   * Loads after each change that concerns the page, at most twice a second, not before it was loaded after the one before,
   * and when the server is there again.
   *
   * @param load returns a promise that is done when what it has loaded is shown
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
      let more = false;
      const soon = () => {
        more = true;
        waiting = waiting || setTimeout(loads, 500);
      };
      const loads = async () => {
        const turn = waiting;
        more = false;
        await latest.current();
        if (turn === waiting) {
          waiting = more ? setTimeout(loads, 500) : null;
        }
      };
      const stop = api.listen(changed => {
        heard = Date.now();
        if (isLost) {
          isLost = false;
          setLost(null);
          clearTimeout(waiting);
          waiting = null; // what was asked before may never be answered
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
      return () => { stop(); clearInterval(watch); clearTimeout(waiting); waiting = null; };
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
