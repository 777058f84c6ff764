// A plotly graph that keeps its DOM node: each new figure is drawn into it by Plotly.react.

// When an animation is paused, or moved by its slider, plotly rejects the promise of its Play button. Only plotly has that
// promise, so nothing else can catch the rejection. It has no reason, unlike a real error.
addEventListener("unhandledrejection", (event) => event.reason === undefined && event.preventDefault())

const libraries = {} // promise of Plotly by source, shared by all plots of the page

// import() loads and runs a source once, even if the page requested it before the first plot (fetch_library).
function load(source) {
  const address = new URL(source, document.baseURI) // works under a base path too
  libraries[source] ??= import(address).then(() => window.Plotly)
  libraries[source].catch(() => delete libraries[source]) // the next figure tries again
  return libraries[source]
}

// The bundle that can draw these traces. Once the whole one is loaded, it draws every new plot.
async function library(graph, traces, { small, whole }) {
  const webgl = traces.some(({ type }) => type?.endsWith("gl"))
  if (graph.library && !webgl) return graph.library
  const Plotly = await load(webgl || whole in libraries ? whole : small)
  if (graph.library !== Plotly) {
    graph.library?.purge(graph)
    graph.bound = false
    graph.library = Plotly
  }
  return Plotly
}

// The traces, with the previous object for each trace that did not change: Plotly.react then skips its points, so that a
// line that moves beside thousands of points is drawn faster.
function reuse(graph, traces) {
  const before = graph.traces ?? []
  graph.traces = traces.map((trace, index) => {
    const text = JSON.stringify(trace)
    return before[index]?.text === text ? before[index] : { text, trace }
  })
  return graph.traces.map(({ trace }) => trace)
}

// Draw the figures of one update one after the other; stop when a newer update arrives.
async function drawAll(graph, failure, data) {
  for (const figure of data.before) {
    await draw(graph, failure, data, figure)
    await new Promise((next) => setTimeout(next, data.apart))
    if (graph.latest !== data) return
  }
  await draw(graph, failure, data, data.figure)
}

async function draw(graph, failure, data, text) {
  try {
    const figure = JSON.parse(text)
    const { width, height, ...layout } = figure.layout ?? {} // height is that of the node, width that of the column
    layout.template ??= JSON.parse(data.look)
    const Plotly = await library(graph, figure.data, data.sources)
    if (graph.latest !== data || !graph.isConnected) return // a newer figure arrived, or the page was left
    failure.textContent = ""
    graph.hidden = false
    layout.autosize = true
    layout.uirevision ??= "constant" // keeps zoom, hidden legend entries and selection over updates
    if (data.selectable) {
      layout.clickmode = "event+select"
      layout.dragmode ??= "lasso"
    }
    const drag = [...(data.selectable ? ["lasso2d", "select2d"] : []), "zoom2d", "pan2d"]
    const config = {
      displayModeBar: "hover",
      displaylogo: false,
      modeBarButtons: [drag, ["resetScale2d", "toImage"]], // listed, because the default bar offers to upload the chart
      toImageButtonOptions: { scale: 2 },
    }
    await Plotly.react(graph, { data: reuse(graph, figure.data), layout, frames: figure.frames, config })
    if (!graph.bound) {
      graph.bound = true
      // plotly also sends this event, without points, when a new figure removes the outline that a user drew.
      const byUser = (event) => event?.lassoPoints || event?.range || event?.points?.length
      graph.on("plotly_selected", (event) => byUser(event) && select(graph, event.points))
      graph.on("plotly_deselect", () => select(graph, []))
      graph.resized ??= new ResizeObserver(() => graph.clientWidth && graph.library.Plots.resize(graph).catch(() => {}))
      graph.resized.observe(graph)
    }
  } catch (error) {
    graph.hidden = true
    failure.textContent = `This figure could not be drawn (${error.message}).`
  }
}

// When a page opens, visible plots are drawn first, from top to bottom; plots below wait until the browser is idle.
const waiting = []
let opening = false

async function open(graph, failure) {
  waiting.push({ graph, failure })
  if (opening) return
  opening = true
  await new Promise((all) => setTimeout(all)) // collects the page's other plots; the topmost usually needs the small bundle
  while (waiting.length) {
    waiting.sort((a, b) => visible(b.graph) - visible(a.graph) || order(a.graph, b.graph))
    if (!visible(waiting[0].graph)) await new Promise(idle)
    const next = waiting.shift()
    await draw(next.graph, next.failure, next.graph.latest, next.graph.latest.figure)
  }
  opening = false
}

const idle = (then) => (window.requestIdleCallback ? requestIdleCallback(then, { timeout: 400 }) : setTimeout(then, 50))
const order = (a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1)

function visible(graph) {
  const { top, bottom } = graph.getBoundingClientRect()
  return graph.isConnected && bottom > 0 && top < innerHeight ? 1 : 0
}

function select(graph, points) {
  const samples = points.map((point) => point.customdata?.[0] ?? point.customdata)
  const ids = [...new Set(samples.filter(Number.isInteger))].sort((a, b) => a - b)
  if (String(ids) === String(graph.selected)) return // no change: no rerun
  graph.selected = ids
  // A state value, because a trigger that arrives while a fragment reruns would be lost. `turn` makes every selection a new
  // value, even if the same one was made here before another figure changed it.
  graph.report("selected", { samples: ids, turn: Date.now() })
}

// Streamlit does not rerun when the theme changes, so the plots request a rerun. They do so one after the other: one rerun
// usually updates all plots, and simultaneous requests of several fragments would be merged into one.
function follow(graph, drawn, ask) {
  graph.drawn = drawn
  const theme = getComputedStyle(graph.parentElement).colorScheme
  if (theme === drawn) graph.requested = undefined
  if (theme === drawn || theme === graph.requested) return
  graph.requested = theme // once, so that reruns cannot repeat forever
  const turn = [...document.querySelectorAll(".updating-plot .graph")].indexOf(graph)
  setTimeout(() => graph.drawn !== theme && graph.isConnected && ask("theme", theme), 400 * turn)
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const graph = parentElement.querySelector(".graph")
  graph.setAttribute("role", "img")
  graph.setAttribute("aria-label", data.alt)
  graph.style.height = `${data.height}px` // reserves the space until the plot is drawn
  graph.report = setStateValue
  graph.selected = JSON.parse(data.selected)
  follow(graph, data.theme, setTriggerValue)
  if (graph.latest?.figure !== data.figure || graph.latest.look !== data.look) {
    graph.latest = data
    const failure = parentElement.querySelector(".failure")
    if (graph.bound) drawAll(graph, failure, data)
    else if (!waiting.some((entry) => entry.graph === graph)) open(graph, failure)
  }
  return () => graph.library?.purge(graph) // releases the WebGL context when the page is left
}
