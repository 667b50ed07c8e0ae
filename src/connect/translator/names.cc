#include <spark/connect/common.pb.h>

#include "base/error.h"
#include "connect/translator/translator.h"

namespace hanok::connect {

Error invalid_plan(const std::string& subclass, ErrorParameters parameters) {
    return Error(
        ErrorKind::kInvalidPlanInput, "CONNECT_INVALID_PLAN." + subclass, std::move(parameters));
}

plan::OriginPtr origin_from_proto(const spark::connect::Origin& message) {
    if (message.has_python_origin()) {
        auto origin = std::make_shared<plan::Origin>();
        origin->method = message.python_origin().fragment();
        origin->call_site = message.python_origin().call_site();
        return origin;
    }
    if (message.has_jvm_origin()) {
        const auto& jvm = message.jvm_origin();
        auto origin = std::make_shared<plan::Origin>();
        if (jvm.has_sql_text() && jvm.has_start_index() && jvm.has_stop_index()) {
            origin->text = std::make_shared<const std::string>(jvm.sql_text());
            origin->start = jvm.start_index();
            origin->stop = jvm.stop_index();
            origin->object_type = jvm.object_type();
            origin->object_name = jvm.object_name();
            return origin;
        }
        // The first frame is the DataFrame method, the second the user's line.
        if (jvm.stack_trace_size() > 0) origin->method = jvm.stack_trace(0).method_name();
        if (jvm.stack_trace_size() > 1) {
            const auto& frame = jvm.stack_trace(1);
            origin->call_site = frame.declaring_class() + "." + frame.method_name() + "(" +
                                frame.file_name() + ":" + std::to_string(frame.line_number()) + ")";
        }
        return origin;
    }
    return nullptr;
}

std::vector<std::string> parse_attribute_name(const std::string& name) {
    auto fail = [&] { return analysis_error("INVALID_ATTRIBUTE_NAME_SYNTAX", {{"name", name}}); };
    std::vector<std::string> parts;
    std::string part;
    bool quoted = false;
    for (size_t i = 0; i < name.size(); ++i) {
        char c = name[i];
        bool last = i + 1 == name.size();
        if (quoted) {
            if (c != '`') {
                part += c;
            } else if (!last && name[i + 1] == '`') {
                part += '`';
                ++i;
            } else {
                quoted = false;
                if (!last && name[i + 1] != '.') throw fail();
            }
        } else if (c == '`') {
            if (!part.empty()) throw fail();
            quoted = true;
        } else if (c == '.') {
            if (i == 0 || last || name[i - 1] == '.') throw fail();
            parts.push_back(std::move(part));
            part.clear();
        } else {
            part += c;
        }
    }
    if (quoted) throw fail();
    parts.push_back(std::move(part));
    return parts;
}

std::vector<std::string> Translator::identifier(const std::string& text) const {
    return sql::parse_multipart_identifier(text, sql_);
}

}  // namespace hanok::connect
