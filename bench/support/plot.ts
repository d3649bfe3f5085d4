import { type EChartsOption, init } from 'echarts';

/** Named lines over a common axis, both axes logarithmic: what grows evenly is straight. */
export interface LinePlot {
  readonly kind: 'lines';
  readonly name: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
}

/** Bars in groups, on a logarithmic axis. */
export interface BarPlot {
  readonly kind: 'bars';
  readonly name: string;
  readonly title: string;
  readonly y: string;
  readonly groups: readonly string[];
  /** One value a group; undefined where there is none. */
  readonly bars: readonly {
    readonly name: string;
    readonly values: readonly (number | undefined)[];
  }[];
}

export type Plot = LinePlot | BarPlot;

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const WIDTH = 760;
const HEIGHT = 440;
const LEGEND_ROW = 24;
const NAMES_PER_LEGEND_ROW = 3;

/** Grounds are those of the pages that show the plots; colours can be told apart by the colour-blind on both. */
const LOOKS = {
  light: { ground: '#ffffff', text: '#1f2328', grid: '#d1d9e0' },
  dark: { ground: '#0d1117', text: '#f0f6fc', grid: '#3d444d' },
} as const satisfies Record<Theme, object>;
const COLOURS = ['#e69f00', '#0072b2', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#8c8c8c'];

/** The plot as an SVG document. */
export function renderPlot(plot: Plot, theme: Theme): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  try {
    chart.setOption({
      ...frame(plot, theme),
      ...(plot.kind === 'lines' ? lines(plot) : bars(plot)),
    });
    return `${asPicture(chart.renderToSVGString())}\n`;
  } finally {
    chart.dispose();
  }
}

/**
 * Without what a picture has no use for: the looks of parts that a pointer is over, and
 * names that are counted up from one plot to the next.
 */
function asPicture(svg: string): string {
  const names = new Map<string, string>();
  return svg
    .replace(/<style\b.*?<\/style>\n?/s, '')
    .replace(/ (?:class|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/\bzr\d+-c\d+\b/g, (name) => {
      if (!names.has(name)) names.set(name, `c${names.size}`);
      return names.get(name) as string;
    });
}

function frame(plot: Plot, theme: Theme): EChartsOption {
  const { ground, text, grid } = LOOKS[theme];
  const names = plot.kind === 'lines' ? plot.lines : plot.bars;
  const legendRows = Math.ceil(names.length / NAMES_PER_LEGEND_ROW);
  const axis = {
    type: 'log',
    nameLocation: 'middle',
    nameGap: 34,
    nameTextStyle: { color: text },
    axisLabel: { color: text },
    axisLine: { show: true, lineStyle: { color: grid } },
    splitLine: { lineStyle: { color: grid } },
  } as const;
  return {
    animation: false,
    backgroundColor: ground,
    color: COLOURS,
    textStyle: { fontFamily: 'sans-serif' },
    title: { text: plot.title, left: 'center', textStyle: { color: text, fontSize: 15 } },
    legend: { bottom: 0, textStyle: { color: text } },
    grid: { left: 70, right: 24, top: 48, bottom: 56 + legendRows * LEGEND_ROW },
    xAxis:
      plot.kind === 'lines'
        ? { ...axis, name: plot.x }
        : { ...axis, type: 'category', data: [...plot.groups], splitLine: { show: false } },
    yAxis: {
      ...axis,
      name: plot.y,
      nameGap: 48,
      ...(plot.kind === 'bars' && { min: floor(plot) }),
    },
  };
}

/** A power of ten that leaves the least bar some length. */
function floor({ bars }: BarPlot): number {
  const values = bars.flatMap((bar) => bar.values.filter((value) => value !== undefined));
  return 10 ** Math.floor(Math.log10(Math.min(...values) / 2));
}

function lines(plot: LinePlot): EChartsOption {
  return {
    series: plot.lines.map(({ name, points }) => ({
      type: 'line',
      name,
      symbolSize: 7,
      data: points.map((point) => [...point]),
    })),
  };
}

function bars(plot: BarPlot): EChartsOption {
  return {
    series: plot.bars.map(({ name, values }) => ({
      type: 'bar',
      name,
      data: values.map((value) => value ?? '-'),
    })),
  };
}
