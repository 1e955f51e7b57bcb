// A field whose text is looked for when the typing pauses.
const PAUSE = 250;

export function createTyped(React) {
  const { useEffect, useRef, useState } = React;
  const h = React.createElement;

  /** @param choose is called with the text */
  return function Typed({ name, label, value, choose, placeholder }) {
    const [text, setText] = useState(value);
    const typed = useRef(0);
    const latest = useRef(choose);
    latest.current = choose;
    useEffect(() => setText(value), [value]);
    useEffect(() => () => clearTimeout(typed.current), []);
    const type = ({ target }) => {
      setText(target.value);
      clearTimeout(typed.current);
      typed.current = setTimeout(() => latest.current(target.value), PAUSE);
    };
    return h('label', null, label, ' ', h('input', { type: 'search', name, value: text, placeholder, onChange: type }));
  };
}
