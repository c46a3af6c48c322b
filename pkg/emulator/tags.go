package emulator

import "slices"

func tagRoutes() []route {
	return []route{
		{method: "POST", path: "/cgi-bin/tags/create", daily: 1000, handle: body((*call).createTag), does: "a new tag"},
		{method: "GET", path: "/cgi-bin/tags/get", daily: 1000, handle: (*call).listTags, does: "the tags, with how many users each has"},
		{method: "POST", path: "/cgi-bin/tags/update", daily: 1000, handle: body((*call).updateTag), does: "renames a tag"},
		{method: "POST", path: "/cgi-bin/tags/delete", daily: 1000, handle: body((*call).deleteTag), does: "deletes a tag, and takes it from its users"},
		{method: "POST", path: "/cgi-bin/tags/getidlist", daily: 500_000, handle: body((*call).tagsOfUser), does: "the tags of a user"},
		{method: "POST", path: "/cgi-bin/tags/members/batchtagging", daily: 100_000, handle: body((*call).tagUsers), does: "gives a tag to up to 50 users"},
		{method: "POST", path: "/cgi-bin/tags/members/batchuntagging", daily: 100_000, handle: body((*call).untagUsers), does: "takes it from them"},
		{method: "POST", path: "/cgi-bin/user/tag/get", daily: 500, handle: body((*call).usersOfTag), does: "the followers that have a tag"},
	}
}

// The limits of tags.
const (
	maxTags     = 100
	maxTagName  = 30 // bytes
	maxUserTags = 20
	maxTagging  = 50 // users in one call
)

func (a *Account) tag(id int64) *Tag {
	return find(a.Tags, func(t *Tag) bool { return t.ID == id })
}

// tagName checks a name that is to be given to a tag.
func (a *Account) tagName(name string) error {
	switch {
	case name == "", slices.ContainsFunc(a.Tags, func(t *Tag) bool { return t.Name == name }):
		return fail(45157)
	case len(name) > maxTagName:
		return fail(45158)
	}
	return nil
}

func (c *call) createTag(o object) (any, error) {
	name := o.object("tag").text("name")
	if err := c.acct.tagName(name); err != nil {
		return nil, err
	}
	if len(c.acct.Tags) >= maxTags {
		return nil, fail(45056)
	}
	t := &Tag{ID: c.acct.nextID(), Name: name}
	c.acct.Tags = append(c.acct.Tags, t)
	return map[string]any{"tag": t}, nil
}

func (c *call) listTags() (any, error) {
	type counted struct {
		ID    int64  `json:"id"`
		Name  string `json:"name"`
		Count int    `json:"count"`
	}
	list := []counted{}
	for _, t := range c.acct.Tags {
		list = append(list, counted{t.ID, t.Name, len(c.acct.tagged(t.ID))})
	}
	return map[string]any{"tags": list}, nil
}

// tagged are the followers that have a tag.
func (a *Account) tagged(id int64) []string {
	var ids []string
	for _, u := range a.Users {
		if !u.Unsubscribed && slices.Contains(u.TagIDs, id) {
			ids = append(ids, u.OpenID)
		}
	}
	return ids
}

// tag finds the tag of a call, by the number in its body if there is one.
func (c *call) tag(id int64, ok bool) (*Tag, error) {
	t := c.acct.tag(id)
	if !ok || t == nil {
		return nil, fail(45159)
	}
	return t, nil
}

// ownTag finds a tag that is to be changed: 0 to 2 are WeChat's.
func (c *call) ownTag(id int64, ok bool) (*Tag, error) {
	if ok && id >= 0 && id <= 2 {
		return nil, fail(45058)
	}
	return c.tag(id, ok)
}

func (c *call) updateTag(o object) (any, error) {
	t, err := c.ownTag(o.object("tag").number("id"))
	if err != nil {
		return nil, err
	}
	name := o.object("tag").text("name")
	if name == t.Name {
		return nil, nil
	}
	if err := c.acct.tagName(name); err != nil {
		return nil, err
	}
	t.Name = name
	return nil, nil
}

func (c *call) deleteTag(o object) (any, error) {
	t, err := c.ownTag(o.object("tag").number("id"))
	if err != nil {
		return nil, err
	}
	c.acct.Tags = without(c.acct.Tags, t)
	for _, u := range c.acct.Users {
		if slices.Contains(u.TagIDs, t.ID) {
			u.untag(t.ID)
			c.emitUser(c.acct.AppID, u.OpenID)
		}
	}
	return nil, nil
}

func (u *User) untag(id int64) {
	u.TagIDs = slices.DeleteFunc(u.TagIDs, func(other int64) bool { return other == id })
}

func (c *call) tagsOfUser(o object) (any, error) {
	u, err := c.userOf(o, "openid")
	if err != nil {
		return nil, err
	}
	ids := u.TagIDs
	if ids == nil {
		ids = []int64{}
	}
	return map[string]any{"tagid_list": ids}, nil
}

// batchUsers are the users of a batch call. All of them are checked before any
// is changed.
func (c *call) batchUsers(o object) (users []*User, tag *Tag, err error) {
	ids := o.texts("openid_list")
	if len(ids) == 0 || len(ids) > maxTagging {
		return nil, nil, fail(40032)
	}
	if tag, err = c.tag(o.number("tagid")); err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		u := c.acct.user(id)
		if u == nil || u.Unsubscribed {
			return nil, nil, fail(40003)
		}
		users = append(users, u)
	}
	return users, tag, nil
}

func (c *call) tagUsers(o object) (any, error) {
	users, tag, err := c.batchUsers(o)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		if len(u.TagIDs) >= maxUserTags && !slices.Contains(u.TagIDs, tag.ID) {
			return nil, fail(45059)
		}
	}
	for _, u := range users {
		u.untag(tag.ID) // given again, it is the last one
		u.TagIDs = append(u.TagIDs, tag.ID)
		c.emitUser(c.acct.AppID, u.OpenID)
	}
	return nil, nil
}

func (c *call) untagUsers(o object) (any, error) {
	users, tag, err := c.batchUsers(o)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		u.untag(tag.ID)
		c.emitUser(c.acct.AppID, u.OpenID)
	}
	return nil, nil
}

func (c *call) usersOfTag(o object) (any, error) {
	t, err := c.tag(o.number("tagid"))
	if err != nil {
		return nil, err
	}
	data, next, err := page(c.acct.tagged(t.ID), o.text("next_openid"))
	if err != nil {
		return nil, err
	}
	answer := struct {
		Count int      `json:"count"`
		Data  *openIDs `json:"data,omitempty"`
		Next  string   `json:"next_openid"`
	}{Data: data, Next: next}
	if data != nil {
		answer.Count = len(data.OpenID)
	}
	return answer, nil
}
