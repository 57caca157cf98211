"""Dates of stacked tables, and amounts if there are several, carry their column's name."""

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


def test_amounts_are_labelled_where_a_row_has_more_than_one() -> None:
    names = '<th>Batch</th><th class="amount">Debits</th><th class="amount">Credits</th>'
    head = f'<table class="stacked"><thead><tr>{names}</tr></thead>'
    cells = '<td class="amount">5.00</td><td class="amount">0.00</td>'
    labelled = label_cells(f"{head}<tbody><tr><td>1</td>{cells}</tr></tbody></table>")
    assert (
        '<td>1</td><td class="amount" data-label="Debits">5.00</td><td class="amount" data-label="Credits">0.00</td>'
        in labelled
    )
    for own in (cells.replace("amount", "plain", 1), cells.replace('"amount"', '"amount" data-label="x"')):
        table = f"{head}<tbody><tr><td>1</td>{own}</tr></tbody></table>"
        assert label_cells(table) == table


def test_other_tables_and_pages_stay_as_they_are() -> None:
    other = PAGE.replace('class="stacked"', 'class="plain"')
    assert label_cells(other) == other
    assert label_cells("<p>no table</p>") == "<p>no table</p>"
