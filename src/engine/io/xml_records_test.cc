#include "engine/io/xml_records.h"

#include <gtest/gtest.h>

#include <vector>

namespace hanok::engine {
namespace {

std::vector<std::string> records(std::string_view text, bool ignore_namespace = false) {
    XmlRecords reader(text, "r", ignore_namespace);
    std::vector<std::string> out;
    for (std::string_view record; reader.next(&record);) out.emplace_back(record);
    return out;
}

using Texts = std::vector<std::string>;

TEST(XmlRecords, FindsElementsOfATag) {
    EXPECT_EQ(records("<a><r>1</r> <rr/> <r x='1'/></a>"), (Texts{"<r>1</r>", "<r x='1'/>"}));
    EXPECT_EQ(records("<r><r>in</r><r/></r><r/>"), (Texts{"<r><r>in</r><r/></r>", "<r/>"}));
    EXPECT_EQ(records(""), Texts{});
    EXPECT_EQ(records("no < tags"), Texts{});
}

TEST(XmlRecords, PassesOverWhatIsNoTag) {
    EXPECT_EQ(records("<?xml v?><!-- <r>no</r> --><r a='</r>'><![CDATA[</r>]]></r>"),
        (Texts{"<r a='</r>'><![CDATA[</r>]]></r>"}));
}

TEST(XmlRecords, TellsPrefixesApart) {
    EXPECT_EQ(records("<x:r>1</x:r>"), Texts{});
    EXPECT_EQ(records("<x:r>1</x:r>", true), (Texts{"<x:r>1</x:r>"}));
}

TEST(XmlRecords, GivesARecordThatNeverEnds) {
    EXPECT_EQ(records("<a><r>1</r><r>2"), (Texts{"<r>1</r>", "<r>2"}));
}

}  // namespace
}  // namespace hanok::engine
