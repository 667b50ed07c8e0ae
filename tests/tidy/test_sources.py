"""The C++ reader finds the functions that a person sees."""

from tests.tidy.sources import functions, without_text

CODE = """
namespace a {
struct Point {
    int x = 0;
    int twice() const { return x * 2; }
};

// int comment() { }
static const char* kText = "void not_one() {";
const int kTable[] = {1, 2, 3};

int Point::area(
    int width) const {
    auto f = [&](int y) {
        return y;
    };
    if (width > 0) {
        return f(width);
    }
    return 0;
}

Point::Point(int x)
    : x_(x) {
    work();
}
}  // namespace a
"""


def test_functions_are_found_with_their_lines():
    found = {f.name: f.lines for f in functions(CODE)}
    assert found == {"twice": 1, "Point::area": 10, "Point::Point": 4}


def test_comments_and_literals_are_blanked():
    code = 'a("x{"); // }\nb(\'{\'); R"(\n{)";'
    cleaned = without_text(code)
    assert "{" not in cleaned and "}" not in cleaned
    assert cleaned.count("\n") == code.count("\n")


def test_digit_separators_are_no_characters():
    assert "{" in without_text("int64_t f() { return 1'000'000; }")
