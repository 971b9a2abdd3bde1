// The intrusive list: order, removal from any place, and misuse.
#include "base/list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

struct Node {
    int number = 0;
    Link link;
    Link other;
};

using NodeList = List<Node, &Node::link>;

std::vector<Node*> forward(NodeList* list) {
    std::vector<Node*> all;
    for (Node* at = list->front(); at != nullptr; at = list->next(at)) all.push_back(at);
    return all;
}

std::vector<Node*> backward(NodeList* list) {
    std::vector<Node*> all;
    for (Node* at = list->back(); at != nullptr; at = list->previous(at)) all.push_back(at);
    std::reverse(all.begin(), all.end());
    return all;
}

TEST(ListTest, keeps_the_order_in_both_directions) {
    Node nodes[4];
    NodeList list;
    list.open();
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(list.front(), nullptr);
    EXPECT_EQ(list.back(), nullptr);
    EXPECT_EQ(list.pop_front(), nullptr);
    list.push_back(&nodes[1]);
    list.push_back(&nodes[3]);
    list.push_front(&nodes[0]);
    list.insert_before(&nodes[3], &nodes[2]);
    const std::vector<Node*> expected = {&nodes[0], &nodes[1], &nodes[2], &nodes[3]};
    EXPECT_EQ(forward(&list), expected);
    EXPECT_EQ(backward(&list), expected);
    EXPECT_EQ(list.pop_front(), &nodes[0]);
    EXPECT_FALSE(nodes[0].link.linked());
}

TEST(ListTest, random_use_agrees_with_a_vector) {
    TestRandom random(24);
    std::vector<Node> nodes(20);
    NodeList list;
    list.open();
    std::vector<Node*> model;
    for (int step = 0; step < 5000; ++step) {
        Node* const node = &nodes[random.below(nodes.size())];
        const auto place = std::find(model.begin(), model.end(), node);
        if (place != model.end()) {
            list.remove(node);
            model.erase(place);
        } else if (random.below(2) == 0) {
            list.push_back(node);
            model.push_back(node);
        } else if (model.empty() || random.below(2) == 0) {
            list.push_front(node);
            model.insert(model.begin(), node);
        } else {
            const size_t at = random.below(model.size());
            list.insert_before(model[at], node);
            model.insert(model.begin() + static_cast<std::ptrdiff_t>(at), node);
        }
        ASSERT_EQ(list.size(), model.size());
        ASSERT_EQ(forward(&list), model);
        ASSERT_EQ(backward(&list), model);
    }
}

TEST(ListTest, a_node_can_be_in_one_list_per_link) {
    Node node;
    NodeList first;
    List<Node, &Node::other> second;
    first.open();
    second.open();
    first.push_back(&node);
    second.push_back(&node);
    first.remove(&node);
    EXPECT_EQ(second.front(), &node);
}

TEST(ListDeathTest, a_node_is_never_linked_or_unlinked_twice) {
    Node node;
    NodeList list;
    list.open();
    EXPECT_DEATH(list.remove(&node), "");
    list.push_back(&node);
    EXPECT_DEATH(list.push_back(&node), "");
}

}  // namespace
}  // namespace leat
