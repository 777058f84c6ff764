from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.figures.theme import LIGHT
from explorer.ui.overview.example import animation, caveats, headline, load_example, plane, results_table
from explorer.ui.overview.lesson_runs import (
    answer,
    cell_sentence,
    forget_sentence,
    load_lesson,
    model_sentence,
    question,
    reference_sentence,
)

ROOT = Path(__file__).resolve().parents[2]
SLOW = ("torch", "torchvision", "sklearn", "scipy", "umap", "numba", "pandas", "pydantic", "explorer.settings")


@pytest.fixture
def overview() -> AppTest:
    return AppTest.from_file(ROOT / "app.py", default_timeout=60).run()


def test_the_app_opens_on_the_overview(overview: AppTest) -> None:
    assert not overview.exception and not overview.error and not overview.warning
    assert overview.main.markdown[0].value == f"## {headline(load_example())}"
    assert overview.sidebar.selectbox[0].label == "Data set"  # the choice follows the first paint
    assert [each.label for each in overview.main.expander] == ["What am I looking at?"]


def test_the_lesson_walks_through_five_steps(overview: AppTest) -> None:
    example, lesson = load_example(), load_lesson()
    app = overview
    told = [model_sentence(example), question(example, lesson), forget_sentence(example), reference_sentence(example)]
    shown = [["lesson plane", "lesson beside"], ["lesson plane"], ["lesson plane", "lesson film"],
             ["lesson plane", "lesson beside"]]  # fmt: skip
    for sentence, keys in zip(told, shown, strict=True):
        assert sentence in [text.value for text in app.main.markdown]
        assert lesson_pictures(app) == keys
        app.button("lesson next").click().run()
        assert not app.exception
    assert not [button for button in app.main.button if button.key == "lesson next"]  # the last step
    assert lesson_pictures(app) == ["lesson plane", "lesson settings"]


def test_a_guess_is_answered_and_kept(overview: AppTest) -> None:
    example, lesson = load_example(), load_lesson()
    app = step(overview, 1)
    assert len(app.main.info) == 1
    app.button_group("lesson.guess").set_value(2).run()
    assert answer(example, lesson, 2) in [text.value for text in app.main.markdown] and not app.main.info
    assert lesson_pictures(app) == ["lesson plane", "lesson lines"]
    app = step(step(app, 0), 1)
    assert answer(example, lesson, 2) in [text.value for text in app.main.markdown]


def test_every_setting_shows_its_run(overview: AppTest) -> None:
    example, lesson = load_example(), load_lesson()
    app = step(overview, 4)
    for cell in ((0, 3, 1), (0, 0, 4), (1, 0, 4), (1, 4, 0)):
        app.select_slider("lesson.sigma").set_value(float(lesson.sigmas[cell[1]]))
        app.select_slider("lesson.eta").set_value(float(lesson.etas[cell[2]]))
        app.toggle("lesson.stop").set_value(bool(cell[0])).run()
        assert not app.exception
        assert cell_sentence(example, lesson, cell) in [text.value for text in app.main.markdown]


def test_pictures_that_readers_share_stay_as_they_were(overview: AppTest) -> None:
    shared = plane("original", LIGHT, 340), animation(LIGHT, 340)
    before = [figure.to_json() for figure in shared]
    step(step(overview, 2), 3)
    assert shared == (plane("original", LIGHT, 340), animation(LIGHT, 340))
    assert [figure.to_json() for figure in shared] == before


def step(app: AppTest, number: int) -> AppTest:
    return app.button_group("lesson.step").set_value(number).run()


def lesson_pictures(app: AppTest) -> list[str]:
    return [each.key for each in app.main.get("bidi_component") if each.key.startswith("lesson")]


def test_it_leads_to_the_other_pages(overview: AppTest) -> None:
    links = [each.proto for each in overview.main.get("page_link")]
    assert [link.page for link in links] == ["information", "unlearn", "compare"]
    assert all("samples" in link.query_string for link in links)


def test_the_first_paint_imports_nothing_slow() -> None:
    """In a Python of its own: the page runs to its end, and only then may the sidebar import the engine."""
    script = (
        "import runpy, sys, json\n"
        "import explorer.ui.state.navigation\n"
        "runpy.run_path('pages/overview.py')\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout.splitlines()[-1])) & set(SLOW) == set()


def test_headline_and_numbers_come_from_the_arrays() -> None:
    example = load_example()
    told = replace(
        example, forget=np.arange(50) < 5, accuracies=np.array([[0.8, 0.95, 0.9], [0.2, 0.93, 0.85], [0.0, 0.9, 0.8]])
    )
    said = headline(told).replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "Accuracy on the forget set (n = 5) fell from 80.0 % to 20.0 %; accuracy on retained samples fell by 2.0 points"
    )
    rows = results_table(told).replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert rows[2] == "| :small[Accuracy, forget set (n = 5)] | 80.0 % | 20.0 % | 0.0 % |"
    assert rows[3] == "| :small[Accuracy, retained samples (n = 45)] | 95.0 % | 93.0 % | 90.0 % |"
    same = replace(told, accuracies=told.accuracies[[0, 0, 2]])
    assert headline(same).endswith("; accuracy on retained samples did not change")


@pytest.mark.parametrize(
    ("moved", "words"),
    [([0.05, 0.049, 0], "hardly closer to"), ([0.05, 0.02, 0], " is closer to"), ([0.02, 0.05, 0], "further from")],
)
def test_what_a_seed_decides_is_not_called_closer(moved: list[float], words: str) -> None:
    example = replace(load_example(), moved=np.array(moved), moved_by_seed=np.array([0.01, 0.02]))
    assert words in caveats(example)
    assert "2 other seeds disagree with it on 1.0 to 2.0" in caveats(example)
