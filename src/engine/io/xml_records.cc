#include "engine/io/xml_records.h"

namespace hanok::engine {

bool XmlRecords::is_row_tag(std::string_view name) const {
    if (name == row_tag_) return true;
    size_t colon = name.find(':');
    return ignore_namespace_ && colon != std::string_view::npos &&
           name.substr(colon + 1) == row_tag_;
}

void XmlRecords::pass(std::string_view end) {
    size_t found = text_.find(end, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
}

XmlRecords::Tag XmlRecords::pass_tag() {
    std::string_view rest = text_.substr(at_);
    if (rest.starts_with("<!--")) {
        pass("-->");
        return Tag::kOther;
    }
    if (rest.starts_with("<![CDATA[")) {
        pass("]]>");
        return Tag::kOther;
    }
    if (rest.starts_with("<?") || rest.starts_with("<!")) {
        pass(rest[1] == '?' ? "?>" : ">");
        return Tag::kOther;
    }
    bool closes = rest.starts_with("</");
    size_t begin = closes ? 2 : 1;
    std::string_view name = rest.substr(begin, rest.find_first_of(" \t\r\n/>", begin) - begin);
    char quote = '\0';
    size_t end = begin;
    for (; end < rest.size(); end++) {
        char c = rest[end];
        if (quote != '\0') {
            if (c == quote) quote = '\0';
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            break;
        }
    }
    at_ += end < rest.size() ? end + 1 : rest.size();
    if (!is_row_tag(name)) return Tag::kOther;
    if (closes) return Tag::kClose;
    return end < rest.size() && rest[end - 1] == '/' ? Tag::kEmpty : Tag::kOpen;
}

bool XmlRecords::next(std::string_view* record) {
    int depth = 0;
    size_t start = 0;
    while (true) {
        size_t found = text_.find('<', at_);
        if (found == std::string_view::npos) break;
        at_ = found;
        Tag tag = pass_tag();
        bool begins = depth == 0 && (tag == Tag::kOpen || tag == Tag::kEmpty);
        if (begins) start = found;
        if (tag == Tag::kOpen) depth++;
        if (tag == Tag::kClose && depth > 0) {
            depth--;
        } else if (!(begins && tag == Tag::kEmpty)) {
            continue;
        }
        if (depth > 0) continue;
        *record = text_.substr(start, at_ - start);
        return true;
    }
    at_ = text_.size();
    if (depth == 0) return false;
    *record = text_.substr(start);
    return true;
}

}  // namespace hanok::engine
