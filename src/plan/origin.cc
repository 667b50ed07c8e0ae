#include "plan/origin.h"

#include <algorithm>

namespace hanok::plan {

namespace {

std::string sql_summary(const Origin& origin, const QueryContext& context) {
    const std::string& text = *origin.text;
    size_t start = static_cast<size_t>(context.start_index);
    size_t line = 1 +
                  static_cast<size_t>(std::count(text.begin(), text.begin() + origin.start, '\n'));
    size_t begin = text.rfind('\n', start == 0 ? 0 : start - 1);
    begin = (start == 0 || begin == std::string::npos) ? 0 : begin + 1;
    size_t end = text.find('\n', start);
    if (end == std::string::npos) end = text.size();
    size_t marks = std::max<size_t>(1, std::min(end, start + context.fragment.size()) - start);
    std::string out = "== SQL";
    if (!context.object_type.empty())
        out += " of " + context.object_type + " " + context.object_name;
    out += " (line " + std::to_string(line) + ", position " + std::to_string(start - begin + 1) +
           ") ==\n";
    out += text.substr(begin, end - begin) + "\n" + std::string(start - begin, ' ') +
           std::string(marks, '^');
    return out;
}

}  // namespace

QueryContext query_context(const Origin& origin) {
    QueryContext context;
    if (origin.text && origin.start >= 0) {
        int size = static_cast<int>(origin.text->size());
        context.start_index = std::min(origin.start, size);
        context.stop_index = std::max(context.start_index, std::min(origin.stop, size - 1));
        context.object_type = origin.object_type;
        context.object_name = origin.object_name;
        context.fragment = origin.text->substr(static_cast<size_t>(context.start_index),
            static_cast<size_t>(context.stop_index - context.start_index + 1));
        context.summary = sql_summary(origin, context);
        return context;
    }
    context.is_dataframe = true;
    context.fragment = origin.method;
    context.call_site = origin.call_site;
    if (!origin.method.empty() || !origin.call_site.empty()) {
        context.summary = "== DataFrame ==\n\"" + origin.method + "\" was called from\n" +
                          origin.call_site;
    }
    return context;
}

}  // namespace hanok::plan
