/** Draws what the simulation found, one panel a setting, as an SVG that is the same for the same figures. */
import { peak, type Scenario } from './simulate.ts';

export interface Panel {
  readonly title: string;
  readonly asked: Uint32Array;
}

const WIDTH = 860;
const PANEL_HEIGHT = 190;
const PLOT = { left: 64, right: 16, top: 34, bottom: 28 };
const HOUR_SECONDS = 3_600;
const BIN_SECONDS = 60;

export function plot(panels: readonly Panel[], { seconds, outage }: Pick<Scenario, 'seconds' | 'outage'>): string {
  const top = Math.ceil(Math.max(...panels.map(({ asked }) => peak(asked))) / 10_000) * 10_000;
  const plotWidth = WIDTH - PLOT.left - PLOT.right;
  const plotHeight = PANEL_HEIGHT - PLOT.top - PLOT.bottom;
  const x = (atSeconds: number): string => (PLOT.left + (atSeconds / seconds) * plotWidth).toFixed(1);
  const height = panels.length * PANEL_HEIGHT;

  const drawn = panels.map(({ title, asked }, index) => {
    const base = index * PANEL_HEIGHT + PLOT.top + plotHeight;
    const y = (rate: number): string => (base - (rate / top) * plotHeight).toFixed(1);
    const bins = Array.from({ length: seconds / BIN_SECONDS }, (_, bin) => {
      const from = bin * BIN_SECONDS;
      const most = peak(asked, from, from + BIN_SECONDS);
      return most === 0 ? '' : `M${x(from + BIN_SECONDS / 2)} ${base}V${y(most)}`;
    });
    const rates = [0, top / 2, top].flatMap((rate) => [
      `<path class="grid" d="M${PLOT.left} ${y(rate)}H${WIDTH - PLOT.right}"/>`,
      `<text x="${PLOT.left - 8}" y="${Number(y(rate)) + 4}" text-anchor="end">${rate.toLocaleString('en-US')}</text>`,
    ]);
    const hours = Array.from(
      { length: seconds / HOUR_SECONDS + 1 },
      (_, hour) => `<text x="${x(hour * HOUR_SECONDS)}" y="${base + 18}" text-anchor="middle">${hour} h</text>`,
    );
    const away = {
      from: x(outage.fromSeconds),
      wide: (Number(x(outage.toSeconds)) - Number(x(outage.fromSeconds))).toFixed(1),
    };
    return [
      `<text class="title" x="${PLOT.left}" y="${base - plotHeight - 14}">${title}</text>`,
      `<rect class="away" x="${away.from}" y="${base - plotHeight}" width="${away.wide}" height="${plotHeight}"/>`,
      ...rates,
      ...hours,
      `<path class="asked" d="${bins.join('')}"/>`,
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    '<title>Requests per second at the endpoint: the most in each minute, over seven hours</title>',
    '<style>text{font:12px sans-serif;fill:#333}.title{font-weight:bold}.grid{stroke:#ddd}.away{fill:#f6d5d5}.asked{stroke:#1f5fa8;stroke-width:1.8;fill:none}</style>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}
