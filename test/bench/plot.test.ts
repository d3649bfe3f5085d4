import test from 'ava';
import { type Plot, renderPlot, THEMES } from '../../bench/support/plot.js';

const PLOTS: readonly Plot[] = [
  {
    kind: 'lines',
    name: 'growth',
    title: 'A & B',
    x: 'slots',
    y: 'ms',
    lines: [
      {
        name: 'ours',
        points: [
          [1, 1],
          [100, 50],
        ],
      },
    ],
  },
  {
    kind: 'bars',
    name: 'sides',
    title: 'A & B',
    y: 'ms',
    groups: ['W1', 'W2'],
    bars: [
      { name: 'ours', values: [1, 2] },
      { name: 'theirs', values: [10, undefined] },
    ],
  },
];

for (const plot of PLOTS) {
  for (const theme of THEMES) {
    test(`${plot.kind}, ${theme}: an SVG document with title, axis and names`, (t) => {
      const svg = renderPlot(plot, theme);
      t.regex(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      for (const text of ['A &amp; B', 'ms', 'ours']) t.true(svg.includes(`>${text}</text>`), text);
    });
  }

  test(`${plot.kind}: light and dark differ in their ground`, (t) => {
    const [light, dark] = THEMES.map((theme) => renderPlot(plot, theme)) as [string, string];
    t.true(light.includes('#ffffff') && !dark.includes('#ffffff'));
    t.true(dark.includes('#0d1117'));
  });

  test(`${plot.kind}: the same plot is the same text, so that a file changes only with its figures`, (t) => {
    t.is(renderPlot(plot, 'light'), renderPlot(plot, 'light'));
  });
}
