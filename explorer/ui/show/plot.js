// One plotly graph that stays the same DOM node: each new figure goes into it through Plotly.react.

// A film that is paused, or moved on by its slider, makes plotly reject the promise of its Play, which plotly itself holds
// and nobody else can catch: with no reason, unlike anything that went wrong.
addEventListener("unhandledrejection", (event) => event.reason === undefined && event.preventDefault())

const libraries = {} // source: the promise of its Plotly, shared by all plots of the page

// Imported, it comes and runs once, though the page may have asked for it before there was a plot (fetch_library).
function load(source) {
  const address = new URL(source, document.baseURI) // also right under a base path
  libraries[source] ??= import(address).then(() => window.Plotly)
  libraries[source].catch(() => delete libraries[source]) // so that the next figure tries again
  return libraries[source]
}

// The library that can draw these traces: once it had to be the whole one, that one draws whatever is new.
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

// A trace that is as it was stays the same object, which spares Plotly.react its points: a line that moves beside
// thousands of them is drawn sooner.
function kept(graph, traces) {
  const before = graph.kept ?? []
  graph.kept = traces.map((trace, index) => {
    const text = JSON.stringify(trace)
    return before[index]?.text === text ? before[index] : { text, trace }
  })
  return graph.kept.map(({ trace }) => trace)
}

// Figures that came together, one after the other, unless a newer one comes meanwhile.
async function film(graph, failure, data) {
  for (const figure of data.before) {
    await draw(graph, failure, data, figure)
    await new Promise((next) => setTimeout(next, data.apart))
    if (graph.wanted !== data) return
  }
  await draw(graph, failure, data, data.figure)
}

async function draw(graph, failure, data, text) {
  try {
    const figure = JSON.parse(text)
    const { width, height, ...layout } = figure.layout ?? {} // the height is the node's, the width the column's
    layout.template ??= JSON.parse(data.look)
    const Plotly = await library(graph, figure.data, data.sources)
    if (graph.wanted !== data || !graph.isConnected) return // overtaken by a newer figure, or the page was left
    failure.textContent = ""
    graph.hidden = false
    layout.autosize = true
    layout.uirevision ??= "kept" // zoom, hidden legend entries and selection outlive the update
    if (data.selectable) {
      layout.clickmode = "event+select"
      layout.dragmode ??= "lasso"
    }
    const drag = [...(data.selectable ? ["lasso2d", "select2d"] : []), "zoom2d", "pan2d"]
    const config = {
      displayModeBar: "hover",
      displaylogo: false,
      modeBarButtons: [drag, ["resetScale2d", "toImage"]], // named one by one: the default bar offers to upload the chart
      toImageButtonOptions: { scale: 2 },
    }
    await Plotly.react(graph, { data: kept(graph, figure.data), layout, frames: figure.frames, config })
    if (!graph.bound) {
      graph.bound = true
      // plotly also says so, of no points, when a figure that we gave it takes a reader's outline away.
      const drawn = (event) => event?.lassoPoints || event?.range || event?.points?.length
      graph.on("plotly_selected", (event) => drawn(event) && select(graph, event.points))
      graph.on("plotly_deselect", () => select(graph, []))
      graph.resized ??= new ResizeObserver(() => graph.clientWidth && graph.library.Plots.resize(graph).catch(() => {}))
      graph.resized.observe(graph)
    }
  } catch (error) {
    graph.hidden = true
    failure.textContent = `This picture could not be drawn (${error.message}).`
  }
}

// On a page that opens, what is in sight is drawn first, from top to bottom; what lies below waits until the browser has
// nothing else to do.
const waiting = []
let opening = false

async function open(graph, failure) {
  waiting.push({ graph, failure })
  if (opening) return
  opening = true
  await new Promise((all) => setTimeout(all)) // that come with this one: the topmost mostly needs the small library alone
  while (waiting.length) {
    waiting.sort((one, other) => seen(other.graph) - seen(one.graph) || order(one.graph, other.graph))
    if (!seen(waiting[0].graph)) await new Promise(idle)
    const next = waiting.shift()
    await draw(next.graph, next.failure, next.graph.wanted, next.graph.wanted.figure)
  }
  opening = false
}

const idle = (then) => (window.requestIdleCallback ? requestIdleCallback(then, { timeout: 400 }) : setTimeout(then, 50))
const order = (one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1)

function seen(graph) {
  const { top, bottom } = graph.getBoundingClientRect()
  return graph.isConnected && bottom > 0 && top < innerHeight ? 1 : 0
}

function select(graph, points) {
  const named = points.map((point) => point.customdata?.[0] ?? point.customdata)
  const ids = [...new Set(named.filter(Number.isInteger))].sort((one, other) => one - other)
  if (String(ids) === String(graph.chosen)) return // nothing new: no rerun
  graph.chosen = ids
  // A state, not a trigger: one that comes as a fragment reruns by itself would be lost. `turn` makes every choice new,
  // also one that was made here before another picture changed it.
  graph.report("picked", { samples: ids, turn: Date.now() })
}

// Switched between light and dark, Streamlit does not rerun: ask for it, one plot after the other, since the answer to one
// usually serves them all, and since the requests of several fragments in one moment would be taken for one.
function follow(graph, drawn, ask) {
  graph.drawn = drawn
  const theme = getComputedStyle(graph.parentElement).colorScheme
  if (theme === drawn) graph.asked = undefined
  if (theme === drawn || theme === graph.asked) return
  graph.asked = theme // once: never a circle of reruns
  const turn = [...document.querySelectorAll(".updating-plot .graph")].indexOf(graph)
  setTimeout(() => graph.drawn !== theme && graph.isConnected && ask("theme", theme), 400 * turn)
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const graph = parentElement.querySelector(".graph")
  graph.setAttribute("role", "img")
  graph.setAttribute("aria-label", data.alt)
  graph.style.height = `${data.height}px` // holds the place until it is drawn
  graph.report = setStateValue
  graph.chosen = JSON.parse(data.chosen)
  follow(graph, data.theme, setTriggerValue)
  if (graph.wanted?.figure !== data.figure || graph.wanted.look !== data.look) {
    graph.wanted = data
    const failure = parentElement.querySelector(".failure")
    if (graph.bound) film(graph, failure, data)
    else if (!waiting.some((one) => one.graph === graph)) open(graph, failure)
  }
  return () => graph.library?.purge(graph) // gives the WebGL context back when the page is left
}
