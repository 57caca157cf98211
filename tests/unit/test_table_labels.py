"""Dates of stacked tables carry their column's name."""

from brim.web.table_labels import label_cells

PAGE = (
    '<p>x</p><table class="stacked">\n<thead><tr><th scope="col">File</th><th scope="col">Status</th>'
    '<th scope="col" class="amount">Received</th><th>Applied</th><th>Effective date</th></tr></thead><tbody>'
    '<tr><td><a href="/x">a</a></td><td>Held</td><td><time datetime="x">x</time></td><td>-</td>'
    '<td class="together">Mon</td></tr>'
    '<tr><td>b</td><td>Held</td><td><time datetime="x">x</time></td><td><time datetime="y">y</time></td>'
    '<td class="together"><span class="wide-word">-</span></td></tr></tbody></table>'
)


def test_cells_of_columns_with_dates_are_labelled() -> None:
    labelled = label_cells(PAGE)
    assert labelled.count("data-label=") == 5
    assert '<td data-label="Received"><time datetime="x">x</time></td><td data-label="Applied">-</td>' in labelled
    assert '<td class="together" data-label="Effective date">Mon</td>' in labelled
    assert '<td><a href="/x">a</a></td><td>Held</td>' in labelled
    assert labelled.replace("data-label", "").count("<td") == PAGE.count("<td")


def test_other_tables_and_pages_stay_as_they_are() -> None:
    other = PAGE.replace('class="stacked"', 'class="plain"')
    assert label_cells(other) == other
    assert label_cells("<p>no table</p>") == "<p>no table</p>"
