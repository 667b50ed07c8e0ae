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

// The body one space to the right of where its leftmost line is at the margin.
std::string indented(const std::string& body) {
    auto lines = lines_of(body);
    size_t margin = std::string::npos;
    for (const auto& line : lines)
        if (!line.empty()) margin = std::min(margin, line.find_first_not_of(" \t"));
    std::string out;
    for (const auto& line : lines) out += line.empty() ? "\n" : " " + line.substr(margin) + "\n";
    return margin == std::string::npos ? " pass\n" : out;
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

}  // namespace

std::string pickled_python_function(const std::vector<std::string>& parameters,
    const std::string& body, const types::DataType& result) {
    std::string names;
    for (const auto& name : parameters) names += (names.empty() ? "" : ", ") + name;
    auto source = "def function(" + names + "):\n" + indented(body);
    auto made = "(lambda names: (exec(" + python_literal(source) +
                ", names), names['function'])[1])({'__name__': '__main__'})";
    std::string out("\x80\x02", 2);
    put_call(&out, "builtins\neval", made);
    put_call(&out, "pyspark.sql.types\n_parse_datatype_json_string", result.json());
    return out + "\x86.";
}

}  // namespace hanok::sql
