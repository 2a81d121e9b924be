// Runs in the browser: draws every graph of the page with uPlot, as graph.ts has prepared it.

const optionsOf = (graph, width, height) => {
  const { stepped, bars, linear } = uPlot.paths;
  const paths = { line: linear(), stairs: stepped({ align: 1 }), bars: bars({ size: [0.8, 40] }) }[graph.style];
  const axis = (ticks, size) => ({
    stroke: '#9d9fa8',
    grid: { stroke: 'rgba(204, 204, 220, 0.07)', width: 1 },
    ticks: { show: false },
    font: '11px DejaVu Sans, sans-serif',
    size,
    splits: () => ticks.map(({ value }) => value),
    values: () => ticks.map(({ text }) => text),
  });
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 12, 0, 0],
    scales: {
      x: { range: () => [graph.from, graph.to] },
      y: { range: () => [graph.up[0].value, graph.up.at(-1).value] },
    },
    axes: [axis(graph.across, 26), axis(graph.up, 72)],
    series: [{}, ...graph.series.map((each) => seriesOf(each, graph, paths))],
    hooks: { draw: [(plot) => drawOver(plot, graph)] },
  };
};

const seriesOf = ({ color, fill }, { style, width }, paths) => ({
  stroke: color,
  fill,
  width,
  paths,
  // A value alone has no line; it is a point.
  points: { size: 4, fill: color, filter: (plot, index) => (style === 'line' ? alone(plot.data[index]) : []) },
});

const alone = (values) =>
  values.flatMap((value, index) =>
    value != null && values[index - 1] == null && values[index + 1] == null ? [index] : [],
  );

/** Targets as dashed lines, and marks of what happened, over what is drawn already. */
const drawOver = (plot, { targets, marks }) => {
  const { ctx, bbox } = plot;
  const dash = (color, pattern, fromX, fromY, toX, toY) => {
    ctx.save();
    ctx.strokeStyle = color;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash(pattern.map((length) => length * devicePixelRatio));
    ctx.beginPath();
    ctx.moveTo(fromX, fromY);
    ctx.lineTo(toX, toY);
    ctx.stroke();
    ctx.restore();
  };
  for (const { value, color } of targets) {
    const y = plot.valToPos(value, 'y', true);
    dash(color, [8, 5], bbox.left, y, bbox.left + bbox.width, y);
  }
  for (const { at, color } of marks) {
    const x = plot.valToPos(at, 'x', true);
    dash(color, [2, 3], x, bbox.top, x, bbox.top + bbox.height);
  }
};

for (const place of document.querySelectorAll('[data-graph]')) {
  const graph = JSON.parse(place.dataset.graph);
  const isBars = graph.style === 'bars';
  const data = graph.series.map(({ values }) => values.map((value) => (isBars && value === 0 ? null : value)));
  const plot = new uPlot(optionsOf(graph, place.clientWidth, place.clientHeight), [graph.times, ...data]);
  place.append(plot.root);
}
