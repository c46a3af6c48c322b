package message

// room is where the fields of a message are made.
type room struct {
	fields []Field
	list   []*Field // the Children of all levels, and the message's Fields
}

// usualFields is room for the fields of most messages.
const usualFields = 7

// newRoom returns a message and room for n fields: one allocation, if there are
// as few as usual.
func newRoom(n int) (*Message, room) {
	if n > usualFields {
		return new(Message), room{make([]Field, 0, n), make([]*Field, 0, n)}
	}
	one := new(struct {
		message Message
		fields  [usualFields]Field
		list    [usualFields]*Field
	})
	return &one.message, room{one.fields[:0], one.list[:0]}
}

// clone copies fields into the room. Who appends to them leaves it.
func (r *room) clone(fields []*Field) []*Field {
	if fields == nil {
		return nil
	}
	begin, end := len(r.list), len(r.list)+len(fields)
	r.list = r.list[:end]
	out := r.list[begin:end:end]
	for i, f := range fields {
		r.fields = append(r.fields, *f)
		c := &r.fields[len(r.fields)-1]
		c.Children = r.clone(f.Children)
		out[i] = c
	}
	return out
}

func cloneField(f *Field) *Field {
	n := countFields(f.Children) + 1
	r := room{make([]Field, 0, n), make([]*Field, 0, n)}
	return r.clone([]*Field{f})[0]
}
