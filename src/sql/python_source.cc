#include "sql/python_source.h"

#include <algorithm>
#include <sstream>

namespace hanok::sql {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        bool blank = line.find_first_not_of(" \t") == std::string::npos;
        out.push_back(blank ? "" : line);
    }
    return out;
}

size_t margin_of(const std::vector<std::string>& lines) {
    size_t margin = std::string::npos;
    for (const auto& line : lines)
        if (!line.empty()) margin = std::min(margin, line.find_first_not_of(" \t"));
    return margin;
}

// The body one space to the right of where its leftmost line is at the margin.
std::string indented(const std::string& body) {
    auto lines = lines_of(body);
    auto margin = margin_of(lines);
    std::string out;
    for (const auto& line : lines) out += line.empty() ? "\n" : " " + line.substr(margin) + "\n";
    return margin == std::string::npos ? " pass\n" : out;
}

// A module's text without the margin that all its lines have.
std::string dedented(const std::string& text) {
    auto lines = lines_of(text);
    auto margin = margin_of(lines);
    std::string out;
    for (const auto& line : lines) out += (line.empty() ? "" : line.substr(margin)) + "\n";
    return out;
}

// 'text' as Python writes it.
std::string python_literal(const std::string& text) {
    std::string out = "'";
    for (char c : text) {
        switch (c) {
            case '\\': out += "\\\\"; break;
            case '\'': out += "\\'"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            default: out += c;
        }
    }
    return out + "'";
}

// A call of a global of one text.
void put_call(std::string* out, const std::string& global, const std::string& text) {
    *out += "c" + global + "\n(X";
    for (int i = 0; i < 4; ++i) out->push_back(static_cast<char>(text.size() >> (8 * i)));
    *out += text + "tR";
}

// What the module calls `name`, as an expression.
std::string global_of(const std::string& module, const std::string& name) {
    return "(lambda names: (exec(" + python_literal(module) + ", names), names[" +
           python_literal(name) + "])[1])({'__name__': '__main__'})";
}

// The pickle of a function, as an expression, and of its result type.
std::string pickled_pair(const std::string& function, const types::DataType& result) {
    std::string out("\x80\x02", 2);
    put_call(&out, "builtins\neval", function);
    put_call(&out, "pyspark.sql.types\n_parse_datatype_json_string", result.json());
    return out + "\x86.";
}

}  // namespace

std::string pickled_python_function(const std::vector<std::string>& parameters,
    const std::string& body, const types::DataType& result) {
    std::string names;
    for (const auto& name : parameters) names += (names.empty() ? "" : ", ") + name;
    auto source = "def function(" + names + "):\n" + indented(body);
    return pickled_pair(global_of(source, "function"), result);
}

std::string pickled_python_handler(
    const std::string& module, const std::string& handler, const types::DataType& result) {
    return pickled_pair(global_of(dedented(module), handler), result);
}

std::string pickled_python_class(const std::string& module, const std::string& handler) {
    std::string out("\x80\x02", 2);
    put_call(&out, "builtins\neval", global_of(dedented(module), handler));
    return out + ".";
}

}  // namespace hanok::sql
