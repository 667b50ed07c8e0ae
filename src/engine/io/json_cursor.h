#pragma once
// Reads JSON text value by value, with the liberties that Spark's options allow.

#include <string>
#include <string_view>

namespace hanok::engine {

struct JsonSyntax {
    bool comments = false;
    bool single_quotes = true;
    bool unquoted_field_names = false;
    bool numeric_leading_zeros = false;
    bool non_numeric_numbers = true;
    bool backslash_escapes_any = false;
    bool unquoted_control_characters = false;
};

// Thrown where the text is no JSON.
struct JsonSyntaxError {};

enum class JsonKind : uint8_t {
    kEnd,
    kNull,
    kTrue,
    kFalse,
    kInteger,
    kFloating,
    kNonNumeric,
    kString,
    kObject,
    kArray
};

// One thread at a time. Texts that it gives are valid until the next call that gives one.
class JsonCursor {
public:
    explicit JsonCursor(const JsonSyntax& syntax) : syntax_(syntax) {}

    void start(std::string_view text) {
        begin_ = p_ = text.data();
        end_ = text.data() + text.size();
    }

    // Kind of the value ahead; kEnd when only white space is left.
    JsonKind peek();
    // Consumes null, true or false.
    void take_word();
    // Digits (and point, exponent) of a number; NaN, Infinity, -Infinity as they stand.
    std::string_view take_number();
    std::string_view take_string();
    // After peek() said kObject: names one after the other; false (and the object is consumed) at
    // the end.
    void enter_object();
    bool next_field(std::string_view* name);
    void enter_array();
    bool next_element();
    // Consumes any value; its text as it stands.
    std::string_view take_raw();

private:
    void skip_space();
    void skip_comment();
    char next_char();
    void word(std::string_view text);
    std::string_view quoted(char quote);
    void escape();
    unsigned hex4();
    void append_code_point(unsigned code);
    void skip_value(int depth);

    const JsonSyntax& syntax_;
    const char* begin_ = nullptr;
    const char* p_ = nullptr;
    const char* end_ = nullptr;
    bool is_first_ = false;  // just entered an object or array
    std::string scratch_;
};

}  // namespace hanok::engine
