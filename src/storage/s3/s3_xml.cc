#include "storage/s3/s3_xml.h"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <ctime>
#include <optional>
#include <sstream>

#include "base/error.h"

namespace hanok::storage {

namespace {

using Tree = boost::property_tree::ptree;

std::optional<Tree> parse(std::string_view document) {
    if (document.find('<') == std::string_view::npos) return std::nullopt;
    std::istringstream in{std::string(document)};
    Tree tree;
    try {
        boost::property_tree::read_xml(in, tree);
    } catch (const boost::property_tree::xml_parser_error&) {
        return std::nullopt;
    }
    return tree;
}

const Tree* find_element(const Tree& tree, const std::string& name) {
    for (const auto& [child_name, child] : tree) {
        if (child_name == name) return &child;
        if (const Tree* below = find_element(child, name)) return below;
    }
    return nullptr;
}

// "2009-10-12T17:50:30.000Z" without the fraction.
int64_t parse_time_ms(const std::string& text) {
    std::tm parts{};
    if (::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) return 0;
    return static_cast<int64_t>(::timegm(&parts)) * 1000;
}

std::string escaped(const std::string& text) {
    std::string out;
    for (char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\r': out += "&#13;"; break;
            default: out += c;
        }
    }
    return out;
}

}  // namespace

std::string xml_text(std::string_view document, const std::string& element) {
    auto tree = parse(document);
    const Tree* found = tree ? find_element(*tree, element) : nullptr;
    return found ? found->data() : "";
}

S3ListPage parse_list_page(const std::string& document, const std::string& path) {
    auto tree = parse(document);
    auto result = tree ? tree->get_child_optional("ListBucketResult") : boost::none;
    if (!result) {
        throw runtime_error("STORAGE_ERROR", {{"operation", "list"}, {"path", path},
                                                 {"reason", "the answer is no list of objects"}});
    }
    S3ListPage page;
    for (const auto& [name, child] : *result) {
        if (name == "Contents") {
            page.objects.push_back(
                {child.get<std::string>("Key", ""), child.get<int64_t>("Size", 0),
                    parse_time_ms(child.get<std::string>("LastModified", "")),
                    child.get<std::string>("ETag", "")});
        } else if (name == "CommonPrefixes") {
            page.prefixes.push_back(child.get<std::string>("Prefix", ""));
        }
    }
    if (result->get<std::string>("IsTruncated", "false") == "true")
        page.next_token = result->get<std::string>("NextContinuationToken", "");
    return page;
}

std::vector<std::string> parse_delete_errors(const std::string& document) {
    std::vector<std::string> out;
    auto tree = parse(document);
    auto result = tree ? tree->get_child_optional("DeleteResult") : boost::none;
    if (!result) return out;
    for (const auto& [name, child] : *result) {
        if (name != "Error" || child.get<std::string>("Code", "") == "NoSuchKey") continue;
        out.push_back(child.get<std::string>("Key", "") + ": " +
                      child.get<std::string>("Code", "") + " " +
                      child.get<std::string>("Message", ""));
    }
    return out;
}

std::string delete_request(const std::vector<std::string>& keys) {
    std::string out = "<Delete><Quiet>true</Quiet>";
    for (const std::string& key : keys) out += "<Object><Key>" + escaped(key) + "</Key></Object>";
    return out + "</Delete>";
}

std::string complete_request(const std::vector<std::string>& etags) {
    std::string out = "<CompleteMultipartUpload>";
    for (size_t i = 0; i < etags.size(); i++) {
        out += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" +
               escaped(etags[i]) + "</ETag></Part>";
    }
    return out + "</CompleteMultipartUpload>";
}

}  // namespace hanok::storage
